package main

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// forbiddenProbe is the reason of an address that the probe http may not ask, however long it is waited.
const forbiddenProbe = "probe"

var (
	services    = schema.GroupVersionResource{Version: "v1", Resource: "services"}
	serviceName = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)
)

// permitted tells whether the addresses that a target names for its probes may be asked: before anything is changed.
func (p probes) permitted(ctx context.Context, kube *kube, target subject, object *unstructured.Unstructured) error {
	address := object.GetAnnotations()[probeURL]
	if address == "" || !slices.Contains(p.names(), "http") {
		return nil
	}
	_, err := p.serviceOf(ctx, kube, target, address)
	if errors.IsNotFound(err) {
		return refuse(forbiddenProbe, "%v", err)
	}
	return err
}

// permittedNow is the same for a target as it is; one that is not there yet has named nothing.
func (p probes) permittedNow(ctx context.Context, kube *kube, target subject) error {
	if !slices.Contains(p.names(), "http") {
		return nil
	}
	_, live, err := kube.live(ctx, target)
	if _, gone := err.(*refusal); gone {
		return nil
	}
	if err != nil {
		return err
	}
	return p.permitted(ctx, kube, target, live)
}

// serviceOf gives the IP address and port of the Service that an address names. The address comes from an annotation, which an order may
// set, so it is restricted to prevent server-side request forgery: a Service of the target's own namespace that selects pods, dialled by
// its clusterIP. No name is resolved, and no address of a URL is used.
func (p probes) serviceOf(ctx context.Context, kube *kube, target subject, address string) (string, error) {
	name, port, ok := parseService(address, target.Namespace)
	if !ok {
		return "", refuse(forbiddenProbe, "%s: %q must be the address of a Service in namespace %s, such as http://%s.%s:8080/healthz",
			probeURL, address, target.Namespace, target.Name, target.Namespace)
	}
	service, err := kube.client.Resource(services).Namespace(target.Namespace).Get(ctx, name, metav1.GetOptions{})
	at := probeURL + ": Service " + target.Namespace + "/" + name
	switch {
	case errors.IsNotFound(err):
		return "", fmt.Errorf("%s is not there: %w", at, err)
	case errors.IsForbidden(err):
		return "", refuse(forbiddenProbe, "%s may not be looked at by the agent; rbac.observedKinds of its chart has to have services", at)
	case err != nil:
		return "", err
	}
	text := func(key string) string {
		value, _, _ := unstructured.NestedString(service.Object, "spec", key)
		return value
	}
	selector, _, _ := unstructured.NestedMap(service.Object, "spec", "selector")
	ip, err := netip.ParseAddr(text("clusterIP"))
	switch {
	case text("type") == "ExternalName":
		return "", refuse(forbiddenProbe, "%s leads out of the cluster (ExternalName)", at)
	case len(selector) == 0:
		return "", refuse(forbiddenProbe, "%s selects no pods: where it leads, anyone may have written", at)
	case err != nil || !ip.IsGlobalUnicast():
		return "", refuse(forbiddenProbe, "%s has no address of its own (clusterIP %q)", at, text("clusterIP"))
	}
	pod, ok := podPort(service, port)
	switch {
	case !ok:
		return "", refuse(forbiddenProbe, "%s has no port %d", at, port)
	case len(p.config.ProbePorts) == 0:
		return "", refuse(forbiddenProbe, "%s: the port %s of pods would be asked, and the agent may ask none; validation.httpPorts of its chart names them", at, pod)
	case !slices.Contains(p.config.ProbePorts, pod):
		return "", refuse(forbiddenProbe, "%s: port %s of pods is none of those that the agent may ask (%s); validation.httpPorts of its chart names them",
			at, pod, strings.Join(p.config.ProbePorts, ", "))
	}
	return net.JoinHostPort(ip.String(), strconv.FormatInt(port, 10)), nil
}

// parseService gives the name and port of a Service of a namespace: name, name.namespace, with svc and the cluster's domain after it.
func parseService(address, namespace string) (name string, port int64, ok bool) {
	given, err := url.Parse(address)
	if err != nil || given.Scheme != "http" && given.Scheme != "https" || given.User != nil {
		return "", 0, false
	}
	name, within, _ := strings.Cut(given.Hostname(), ".")
	if !serviceName.MatchString(name) || !slices.Contains([]string{"", namespace, namespace + ".svc", namespace + ".svc.cluster.local"}, within) {
		return "", 0, false
	}
	if given.Port() == "" {
		return name, map[string]int64{"http": 80, "https": 443}[given.Scheme], strings.Trim(given.Host, ".:") == given.Host
	}
	port, err = strconv.ParseInt(given.Port(), 10, 32)
	return name, port, err == nil && port > 0
}

// podPort gives the port of pods that a port of a Service leads to, by its number or name.
func podPort(service *unstructured.Unstructured, port int64) (string, bool) {
	all, _, _ := unstructured.NestedSlice(service.Object, "spec", "ports")
	for _, one := range all {
		given, _ := one.(map[string]any)
		if protocol, is := given["protocol"].(string); given["port"] != port || is && protocol != "TCP" {
			continue
		}
		if given["targetPort"] == nil {
			return strconv.FormatInt(port, 10), true
		}
		return fmt.Sprint(given["targetPort"]), true
	}
	return "", false
}
