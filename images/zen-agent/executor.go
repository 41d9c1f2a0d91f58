package main

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
)

// atOnce is how many remediations are worked on at the same time.
const atOnce = 8

// patience is how long a remediation is tried while the API server or a repository does not answer.
const patience = 10 * time.Minute

// executor takes the steps of remediations. What is done is in their status: another replica goes on where this one stopped.
type executor struct {
	kube   *kube
	config Config
	counts *metrics
	probes probes
	now    func() time.Time
	mu     sync.Mutex
	busy   map[types.UID]bool
	looked map[types.UID]time.Time // when it was looked whether a commit has arrived
}

func newExecutor(kube *kube, config Config, counts *metrics) *executor {
	return &executor{
		kube: kube, config: config, counts: counts, probes: newProbes(config), now: time.Now,
		busy: map[types.UID]bool{}, looked: map[types.UID]time.Time{},
	}
}

// round takes the next step of every remediation that is not over; each on its own, so that none waits for another.
func (e *executor) round(ctx context.Context, all []*unstructured.Unstructured, group *sync.WaitGroup) {
	for _, object := range all {
		if !e.isDue(object) || !e.claim(object.GetUID()) {
			continue
		}
		group.Go(func() {
			defer e.free(object.GetUID())
			if err := e.step(ctx, object.GetName()); err != nil && ctx.Err() == nil && !errors.IsConflict(err) {
				slog.Warn("tried again", "remediation", object.GetName(), "why", err.Error())
			}
		})
	}
}

func (e *executor) claim(uid types.UID) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.busy[uid] || len(e.busy) >= atOnce {
		return false
	}
	e.busy[uid] = true
	return true
}

func (e *executor) free(uid types.UID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.busy, uid)
}

// isDue tells whether there is something to do for a remediation.
func (e *executor) isDue(object *unstructured.Unstructured) bool {
	switch phaseOf(object) {
	case approved:
		spec, err := specOf(object)
		return err != nil || spec.Schedule == "" || !e.isEarly(spec)
	case running:
		return true
	}
	return isRollingBack(object) || e.isWanted(object) || isSpent(object) && !isRequested(object)
}

// isEarly tells whether the time of a scheduled remediation has yet to come.
func (e *executor) isEarly(spec remediation) bool {
	at, err := time.Parse(time.RFC3339, spec.Schedule)
	return err == nil && e.now().Before(at)
}

// step takes the next step of a remediation, as it is now.
func (e *executor) step(ctx context.Context, name string) error {
	object, err := e.kube.own().Get(ctx, name, metav1.GetOptions{})
	if errors.IsNotFound(err) {
		return nil
	}
	if err != nil || !e.isDue(object) {
		return err
	}
	spec, err := specOf(object)
	if err != nil {
		return err
	}
	switch phase := phaseOf(object); {
	case phase == approved:
		return e.begin(ctx, object, spec)
	case isRollingBack(object):
		return e.rollBack(ctx, object, spec)
	case phase == running:
		if spec.ExecutionMode == "gitops-immediate" {
			return e.stepGitops(ctx, object, spec)
		}
		return e.stepApply(ctx, object, spec)
	}
	return e.takeBack(ctx, object, spec)
}

// begin claims a remediation, or refuses it.
func (e *executor) begin(ctx context.Context, object *unstructured.Unstructured, spec remediation) error {
	if approverOf(object) == "" {
		return e.end(ctx, object, spec, rejected, "not approved: its status does not say who approved it")
	}
	if phase, message := e.refuses(spec); phase != "" {
		return e.end(ctx, object, spec, phase, message)
	}
	next, err := e.kube.setStatus(ctx, object, func(s status) {
		s["phase"], s["startedAt"], s["message"] = running, moment(e.now()), ""
	})
	if err != nil {
		return err
	}
	slog.Info("begins", "remediation", object.GetName(), "mode", spec.ExecutionMode, "target", spec.Target.String())
	if spec.ExecutionMode == "gitops-immediate" {
		return e.stepGitops(ctx, next, spec)
	}
	return e.stepApply(ctx, next, spec)
}

// refuses gives the phase and the sentence of what this agent does not do.
func (e *executor) refuses(spec remediation) (phase, message string) {
	if !e.config.has(spec.ExecutionMode) {
		return rejected, "this agent does not do " + spec.ExecutionMode + "; switched on: " + strings.Join(e.config.Modes, ", ")
	}
	if spec.ExecutionMode == "gitops-immediate" && spec.Patch == "" {
		if !e.config.Webhook {
			return failed, "the patch is missing: validation by polling compares it with the object"
		}
		return "", ""
	}
	if _, err := changeOf(spec); err != nil {
		return failed, err.Error()
	}
	return "", ""
}

// end writes how a remediation ended, and what else is known then.
func (e *executor) end(
	ctx context.Context, object *unstructured.Unstructured, spec remediation, phase, message string, more ...func(status),
) error {
	_, err := e.kube.setStatus(ctx, object, func(s status) {
		s.end(phase, message, e.now())
		for _, change := range more {
			change(s)
		}
	})
	if err == nil {
		slog.Info("ended", "remediation", object.GetName(), "phase", phase, "why", message)
		e.counts.remediation(spec.ExecutionMode, phase)
	}
	return err
}

// fails ends a remediation for an error that will not go away, or has not for too long; else it gives the error, to be tried again.
func (e *executor) fails(ctx context.Context, object *unstructured.Unstructured, spec remediation, err error) error {
	phase, message := verdict(err, spec)
	if phase == "" && ctx.Err() == nil && e.now().Sub(startedAt(object)) > patience {
		phase, message = failed, "given up after "+patience.String()+": "+err.Error()
	}
	if phase == "" {
		return err
	}
	return e.end(ctx, object, spec, phase, message)
}
