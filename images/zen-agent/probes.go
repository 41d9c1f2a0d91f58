package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// probes look at the target after a change.
type probes struct {
	config Config
	client *http.Client                                                    // of Prometheus
	dial   func(ctx context.Context, network, at string) (net.Conn, error) // of Services
}

func newProbes(config Config) probes {
	return probes{config: config, client: newClient(&http.Transport{}), dial: (&net.Dialer{}).DialContext}
}

// names are those of the probes that are asked: metrics only where a Prometheus can be.
func (p probes) names() []string {
	return slices.DeleteFunc(slices.Clone(p.config.Probes), func(one string) bool {
		return one == "metrics" && p.config.Prometheus == nil
	})
}

// check asks every probe and gives the reason of the first that does not pass.
func (p probes) check(ctx context.Context, kube *kube, spec remediation) error {
	_, live, err := kube.live(ctx, spec.Target)
	if err != nil {
		return err
	}
	ask := map[string]func() error{
		"basic":      func() error { return carried(live, spec) },
		"kubernetes": func() error { return rolledOut(live) },
		"http":       func() error { return p.answers(ctx, kube, spec.Target, live.GetAnnotations()[probeURL]) },
		"metrics":    func() error { return p.measures(ctx, live.GetAnnotations()[probeQuery]) },
	}
	for _, name := range p.names() {
		if err := ask[name](); err != nil {
			return fmt.Errorf("probe %s: %w", name, err)
		}
	}
	return nil
}

// carried is the probe basic: the target still has what the change set.
func carried(live *unstructured.Unstructured, spec remediation) error {
	if spec.Patch == "" {
		return nil
	}
	change, err := changeOf(spec)
	if err == nil && !carries(live.Object, change) {
		err = fmt.Errorf("%s does not have what the change set; something changes it back", spec.Target)
	}
	return err
}

// rolledOut is the probe kubernetes: the controller of the target has seen it, and all that it runs is new and available. Of kinds that
// run nothing, the conditions Ready and Available have to be True where they are there.
func rolledOut(live *unstructured.Unstructured) error {
	count := func(path ...string) int64 {
		n, _, _ := unstructured.NestedInt64(live.Object, path...)
		return n
	}
	if seen, ok, _ := unstructured.NestedInt64(live.Object, "status", "observedGeneration"); ok && seen < live.GetGeneration() {
		return fmt.Errorf("its controller has not seen the change yet")
	}
	var wanted, updated, available, all int64
	switch live.GetKind() {
	case "Deployment", "StatefulSet":
		wanted = 1
		if n, ok, _ := unstructured.NestedInt64(live.Object, "spec", "replicas"); ok {
			wanted = n
		}
		updated, available, all = count("status", "updatedReplicas"), count("status", "availableReplicas"), count("status", "replicas")
	case "DaemonSet":
		wanted = count("status", "desiredNumberScheduled")
		updated, available = count("status", "updatedNumberScheduled"), count("status", "numberAvailable")
		all = count("status", "currentNumberScheduled")
	default:
		return meets(live)
	}
	if updated < wanted || available < wanted || all > wanted {
		return fmt.Errorf("of %d pods %d are new and %d available, and there are %d", wanted, updated, available, all)
	}
	return nil
}

func meets(live *unstructured.Unstructured) error {
	all, _, _ := unstructured.NestedSlice(live.Object, "status", "conditions")
	for _, one := range all {
		condition, _ := one.(map[string]any)
		if kind := condition["type"]; (kind == "Ready" || kind == "Available") && condition["status"] != "True" {
			return fmt.Errorf("its condition %v is %v: %v", kind, condition["status"], condition["message"])
		}
	}
	return nil
}
