// Command judge says which connections NetworkPolicies allow: JSON lines in, JSON lines out, one answer for each line, in order.
// The verdicts are those of cyclonus, the evaluator that the network-plugin conformance probes are planned with.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/mattfenwick/cyclonus/pkg/matcher"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	kjson "sigs.k8s.io/json"
)

// question is one line of input: all policies of a cluster, and the connections to judge.
type question struct {
	Policies    []json.RawMessage `json:"policies"`
	Connections []connection      `json:"connections"`
}

// peer is a pod, with its namespace, or an address outside of the cluster when Namespace is empty.
type peer struct {
	Namespace       string            `json:"namespace"`
	NamespaceLabels map[string]string `json:"namespaceLabels"`
	Labels          map[string]string `json:"labels"`
	IP              string            `json:"ip"`
}

type connection struct {
	From     peer   `json:"from"`
	To       peer   `json:"to"`
	Port     int    `json:"port"`
	PortName string `json:"portName"`
	Protocol string `json:"protocol"`
}

// verdict says of both ends whether their policies let the connection pass; it takes both.
type verdict struct {
	Egress  bool `json:"egress"`
	Ingress bool `json:"ingress"`
}

type failure struct {
	Error string `json:"error"`
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(out)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 {
			if encoder.Encode(answer(line)) != nil || out.Flush() != nil {
				os.Exit(1)
			}
		}
		if err != nil {
			return
		}
	}
}

func answer(line []byte) (result any) {
	// The evaluator panics on what the API server would refuse.
	defer func() {
		if problem := recover(); problem != nil {
			result = failure{fmt.Sprint(problem)}
		}
	}()
	var asked question
	if err := json.Unmarshal(line, &asked); err != nil {
		return failure{err.Error()}
	}
	policies := make([]*networkingv1.NetworkPolicy, len(asked.Policies))
	for i, text := range asked.Policies {
		policies[i] = &networkingv1.NetworkPolicy{}
		strict, err := kjson.UnmarshalStrict(text, policies[i])
		if err == nil && len(strict) > 0 {
			err = strict[0]
		}
		if err != nil {
			return failure{fmt.Sprintf("policy %d: %v", i, err)}
		}
		setDefaults(policies[i])
	}
	built := matcher.BuildNetworkPolicies(false, policies)
	verdicts := make([]verdict, len(asked.Connections))
	for i, one := range asked.Connections {
		allowed := built.IsTrafficAllowed(&matcher.Traffic{
			Source:           trafficPeer(one.From),
			Destination:      trafficPeer(one.To),
			ResolvedPort:     one.Port,
			ResolvedPortName: one.PortName,
			Protocol:         corev1.Protocol(one.Protocol),
		})
		verdicts[i] = verdict{allowed.Egress.IsAllowed(), allowed.Ingress.IsAllowed()}
	}
	return verdicts
}

// setDefaults does what the API server has done before a network plugin looks (kubernetes pkg/apis/networking/v1/defaults.go).
func setDefaults(policy *networkingv1.NetworkPolicy) {
	if len(policy.Spec.PolicyTypes) > 0 {
		return
	}
	policy.Spec.PolicyTypes = []networkingv1.PolicyType{networkingv1.PolicyTypeIngress}
	if len(policy.Spec.Egress) > 0 {
		policy.Spec.PolicyTypes = append(policy.Spec.PolicyTypes, networkingv1.PolicyTypeEgress)
	}
}

func trafficPeer(one peer) *matcher.TrafficPeer {
	if one.Namespace == "" {
		return &matcher.TrafficPeer{IP: one.IP}
	}
	return &matcher.TrafficPeer{
		IP: one.IP,
		Internal: &matcher.InternalPeer{
			PodLabels:       one.Labels,
			NamespaceLabels: one.NamespaceLabels,
			Namespace:       one.Namespace,
		},
	}
}
