package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
)

const (
	// keptFor is how long a webhook counts that comes before its remediation is there, or has begun.
	keptFor = 15 * time.Minute
	// mostEarly is how many of those are kept that are about remediations which are not there.
	mostEarly = 100
)

// namedAnnotation is when the last webhook came that names the remediation.
const namedAnnotation = group + "/webhook-named"

// mark is the line of a commit by which its remediation is known; the UID need not be there.
var mark = regexp.MustCompile(`(?m)^Zen-Remediation: ([a-z0-9.-]+)/([a-z0-9.-]+)(?: ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))?\r?$`)

// call is a webhook that names a remediation.
type call struct {
	name string
	uid  string // empty: any of this name
	at   time.Time
}

// fits tells whether a remediation is the one that a call names.
func (c call) fits(object *unstructured.Unstructured) bool {
	return c.name == object.GetName() && (c.uid == "" || c.uid == string(object.GetUID()))
}

// callsIn gives the remediations of the agent's namespace that a body names.
func callsIn(body, namespace string, now time.Time) []call {
	var all []call
	for _, text := range textsIn(body) {
		for _, found := range mark.FindAllStringSubmatch(text, mostEarly) {
			if one := (call{found[2], found[3], now}); found[1] == namespace && !slices.Contains(all, one) && len(all) < mostEarly {
				all = append(all, one)
			}
		}
	}
	return all
}

// textsIn gives the texts of a body of JSON, such as the messages of its commits, each with lines of its own; of another body that itself.
func textsIn(body string) []string {
	var given any
	if json.Unmarshal([]byte(body), &given) != nil {
		return []string{body}
	}
	var all []string
	var walk func(any)
	walk = func(given any) {
		switch one := given.(type) {
		case string:
			all = append(all, one)
		case map[string]any:
			for _, key := range sortedKeys(one) {
				walk(one[key])
			}
		case []any:
			for _, item := range one {
				walk(item)
			}
		}
	}
	walk(given)
	return all
}

// isTold tells whether webhooks give a reason to look at the target. With a patch any call does since the last look, also one that
// came before the agent waited: what the object carries is what counts. Without one the call is all there is: it has to name the
// remediation, and may have come a while before that began.
func isTold(object *unstructured.Unstructured, spec remediation, looked time.Time) bool {
	annotations := object.GetAnnotations()
	if spec.Patch != "" {
		said, err := time.Parse(time.RFC3339Nano, annotations[webhookAnnotation])
		return err == nil && said.After(looked)
	}
	said, err := time.Parse(time.RFC3339Nano, annotations[namedAnnotation])
	return err == nil && said.After(startedAt(object).Add(-keptFor))
}

// tell writes a call to the remediations that can wait for a commit, and keeps what names one that is not there yet.
func (w *webhook) tell(ctx context.Context, body string) (told int, err error) {
	all, err := w.kube.own().List(ctx, metav1.ListOptions{})
	if err != nil {
		return 0, err
	}
	now := w.now()
	calls := callsIn(body, w.kube.namespace, now)
	for _, one := range all.Items {
		spec, err := specOf(&one)
		if err != nil || spec.ExecutionMode != "gitops-immediate" || isOver(&one) {
			continue
		}
		annotations := map[string]any{webhookAnnotation: now.UTC().Format(time.RFC3339Nano)}
		if uid := string(one.GetUID()); uid != "" && strings.Contains(body, uid) || slices.ContainsFunc(calls, func(c call) bool { return c.fits(&one) }) {
			annotations[namedAnnotation] = annotations[webhookAnnotation]
		}
		if err := w.note(ctx, one.GetName(), annotations); err != nil {
			return told, err
		}
		told++
	}
	for _, one := range calls {
		if !slices.ContainsFunc(all.Items, func(object unstructured.Unstructured) bool { return object.GetName() == one.name }) {
			w.keep(one)
		}
	}
	return told, nil
}

func (w *webhook) note(ctx context.Context, name string, annotations map[string]any) error {
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"annotations": annotations}})
	if err != nil {
		return err
	}
	_, err = w.kube.own().Patch(ctx, name, types.MergePatchType, patch, metav1.PatchOptions{})
	return err
}

// keep keeps a call in place of an earlier one that names the same, or of the oldest.
func (w *webhook) keep(one call) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.early = slices.DeleteFunc(w.early, func(before call) bool { return before.name == one.name && before.uid == one.uid })
	if len(w.early) >= mostEarly {
		w.early = w.early[1:]
	}
	w.early = append(w.early, one)
	if !w.waits {
		w.waits = true
		time.AfterFunc(beat, w.again)
	}
}

// again delivers what was kept until there is nothing left.
func (w *webhook) again() {
	ctx, cancel := context.WithTimeout(context.Background(), keptFor)
	defer cancel()
	w.deliver(ctx)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waits = len(w.early) > 0; w.waits {
		time.AfterFunc(beat, w.again)
	}
}

// deliver writes calls that were kept to remediations that are there by now, and forgets those that are too old.
func (w *webhook) deliver(ctx context.Context) {
	w.mu.Lock()
	kept := slices.Clone(w.early)
	w.mu.Unlock()
	for _, one := range kept {
		object, err := w.kube.own().Get(ctx, one.name, metav1.GetOptions{})
		old := w.now().Sub(one.at) > keptFor
		if err == nil && !old && one.fits(object) && !isOver(object) {
			err = w.note(ctx, one.name, map[string]any{namedAnnotation: one.at.UTC().Format(time.RFC3339Nano)})
		}
		if err != nil && !errors.IsNotFound(err) {
			slog.Warn("cannot pass on a webhook", "remediation", one.name, "why", err.Error())
		}
		if err == nil || old {
			w.mu.Lock()
			w.early = slices.DeleteFunc(w.early, func(before call) bool { return before == one })
			w.mu.Unlock()
		}
	}
}
