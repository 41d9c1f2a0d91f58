package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/cache"
)

// rounds is how often Observations whose time is over are deleted.
const rounds = 30 * time.Second

const instanceLabel = "app.kubernetes.io/instance"

// record writes an Observation unless it is there. Its name follows from what it says, so that two replicas that both believe to
// lead for a moment write one.
func (w *watcher) record(ctx context.Context, seen observation) error {
	spec, err := runtime.DefaultUnstructuredConverter.ToUnstructured(&seen)
	if err != nil {
		return err
	}
	object := &unstructured.Unstructured{Object: map[string]any{"spec": spec}}
	object.SetAPIVersion(group + "/" + version)
	object.SetKind("Observation")
	object.SetName(seen.name())
	object.SetLabels(map[string]string{
		"app.kubernetes.io/managed-by": "zen-watcher", instanceLabel: w.config.Instance,
		group + "/source": seen.Source, group + "/severity": seen.Severity,
	})
	_, err = w.client.Resource(observations).Namespace(w.config.Namespace).Create(ctx, object, metav1.CreateOptions{})
	switch {
	case errors.IsAlreadyExists(err):
		w.counts.count(seen.Source, seen.Severity, "known")
		return nil
	case err != nil:
		w.counts.count(seen.Source, seen.Severity, "failed")
		return err
	}
	slog.Info("recorded", "observation", seen.name(), "severity", seen.Severity, "type", seen.EventType)
	w.counts.count(seen.Source, seen.Severity, "recorded")
	return nil
}

// expire deletes, again and again, what this install recorded and whose time is over.
func (w *watcher) expire(ctx context.Context) {
	for {
		if err := w.expireNow(ctx); err != nil && ctx.Err() == nil {
			slog.Warn("cannot delete Observations whose time is over", "why", err.Error())
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(rounds):
		}
	}
}

func (w *watcher) expireNow(ctx context.Context) error {
	own := w.client.Resource(observations).Namespace(w.config.Namespace)
	options := metav1.ListOptions{LabelSelector: instanceLabel + "=" + w.config.Instance, Limit: 500}
	for {
		page, err := own.List(ctx, options)
		if err != nil {
			return err
		}
		for _, one := range page.Items {
			seconds, _, _ := unstructured.NestedInt64(one.Object, "spec", "ttlSecondsAfterCreation")
			end := one.GetCreationTimestamp().Add(time.Duration(seconds) * time.Second)
			if seconds == 0 || end.After(time.Now()) {
				continue
			}
			if err := own.Delete(ctx, one.GetName(), metav1.DeleteOptions{}); err != nil && !errors.IsNotFound(err) {
				return err
			}
			w.counts.expire()
		}
		if options.Continue = page.GetContinue(); options.Continue == "" {
			return nil
		}
	}
}

// report writes into the status of every mapping and filter whether it is in effect, and why not.
func (w *watcher) report(ctx context.Context, watched map[schema.GroupVersionResource]error) {
	for _, object := range w.mappings.GetIndexer().List() {
		one := object.(*unstructured.Unstructured)
		spec, err := specOf[mapping](one)
		if err == nil {
			err = watched[spec.kind()]
		}
		w.ready(ctx, mappings, one, err, "Watching")
	}
	for _, object := range w.filters.GetIndexer().List() {
		w.ready(ctx, filters, object.(*unstructured.Unstructured), nil, "InEffect")
	}
}

// ready sets the condition Ready, where it is not as it should be.
func (w *watcher) ready(
	ctx context.Context, resource schema.GroupVersionResource, object *unstructured.Unstructured, why error, reason string,
) {
	status, message := "True", ""
	if why != nil {
		status, message, reason = "False", cut(why.Error(), mostText), "CannotBeWatched"
		if errors.IsForbidden(why) {
			reason = "Forbidden"
		} else if errors.IsNotFound(why) {
			reason = "NotServed"
		}
	}
	kept, _, _ := unstructured.NestedSlice(object.Object, "status", "conditions")
	since := metav1.Now().UTC().Format(time.RFC3339)
	for _, one := range kept {
		before, _ := one.(map[string]any)
		if before["type"] != "Ready" || before["status"] != status {
			continue
		}
		if before["reason"] == reason && before["message"] == message && before["observedGeneration"] == object.GetGeneration() {
			return
		}
		since = fmt.Sprint(before["lastTransitionTime"])
	}
	next := object.DeepCopy()
	condition := map[string]any{
		"type": "Ready", "status": status, "reason": reason, "message": message,
		"observedGeneration": object.GetGeneration(), "lastTransitionTime": since,
	}
	_ = unstructured.SetNestedSlice(next.Object, []any{condition}, "status", "conditions")
	own := w.client.Resource(resource).Namespace(w.config.Namespace)
	if _, err := own.UpdateStatus(ctx, next, metav1.UpdateOptions{}); err != nil && ctx.Err() == nil && !errors.IsConflict(err) {
		slog.Warn("cannot write the status", "object", cache.MetaObjectToName(object).String(), "why", err.Error())
	}
}
