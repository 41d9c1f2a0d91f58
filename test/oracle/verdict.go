package main

import (
	"fmt"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	kjson "sigs.k8s.io/json"
)

type podVerdict struct {
	Allowed bool     `json:"allowed"`
	Reasons []string `json:"reasons"`
	Detail  string   `json:"detail"`
}

// evaluators by emulated version; "" is the newest.
var evaluators = map[string]policy.Evaluator{}

func evaluatorFor(emulation string) (policy.Evaluator, error) {
	if known, ok := evaluators[emulation]; ok {
		return known, nil
	}
	var version *api.Version
	if emulation != "" {
		parsed, err := api.ParseVersion(emulation)
		if err != nil {
			return nil, err
		}
		version = &parsed
	}
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), version)
	if err == nil {
		evaluators[emulation] = evaluator
	}
	return evaluator, err
}

func verdict(asked question) any {
	level, err := api.ParseLevel(asked.Level)
	if err != nil {
		return failure{"level " + err.Error()}
	}
	version, err := api.ParseVersion(asked.Version)
	if err != nil {
		return failure{"version " + err.Error()}
	}
	evaluator, err := evaluatorFor(asked.Emulation)
	if err != nil {
		return failure{"emulation " + err.Error()}
	}
	var pod corev1.Pod
	if err := kjson.UnmarshalCaseSensitivePreserveInts(asked.Pod, &pod); err != nil {
		return failure{fmt.Sprintf("pod cannot be decoded: %v", err)}
	}
	setDefaults(&pod, asked.Kind == "Pod")
	lv := api.LevelVersion{Level: level, Version: version}
	result := policy.AggregateCheckResults(evaluator.EvaluatePod(lv, &pod.ObjectMeta, &pod.Spec))
	reasons := result.ForbiddenReasons
	if reasons == nil {
		reasons = []string{}
	}
	return podVerdict{result.Allowed, reasons, result.ForbiddenDetail()}
}

// setDefaults does what the API server has done before admission looks (kubernetes pkg/apis/core/v1/defaults.go and
// pkg/registry/core/pod/strategy.go), where it matters here.
func setDefaults(pod *corev1.Pod, isPod bool) {
	for i := range pod.Spec.Volumes {
		if pod.Spec.Volumes[i].VolumeSource == (corev1.VolumeSource{}) {
			pod.Spec.Volumes[i].EmptyDir = &corev1.EmptyDirVolumeSource{}
		}
	}
	if !isPod {
		return
	}
	copyAppArmorAnnotations(pod)
	if !pod.Spec.HostNetwork {
		return
	}
	for _, containers := range [][]corev1.Container{pod.Spec.Containers, pod.Spec.InitContainers} {
		for i := range containers {
			for j := range containers[i].Ports {
				if port := &containers[i].Ports[j]; port.HostPort == 0 {
					port.HostPort = port.ContainerPort
				}
			}
		}
	}
}

func copyAppArmorAnnotations(pod *corev1.Pod) {
	if pod.Spec.OS != nil && pod.Spec.OS.Name == corev1.Windows {
		return
	}
	var podProfile *corev1.AppArmorProfile
	if pod.Spec.SecurityContext != nil {
		podProfile = pod.Spec.SecurityContext.AppArmorProfile
	}
	copyTo := func(container *corev1.Container) {
		annotation, ok := pod.Annotations[corev1.DeprecatedAppArmorBetaContainerAnnotationKeyPrefix+container.Name]
		if !ok || (container.SecurityContext != nil && container.SecurityContext.AppArmorProfile != nil) {
			return
		}
		profile := appArmorProfile(annotation)
		if profile == nil || (podProfile != nil && equality.Semantic.DeepEqual(profile, podProfile)) {
			return
		}
		if container.SecurityContext == nil {
			container.SecurityContext = &corev1.SecurityContext{}
		}
		container.SecurityContext.AppArmorProfile = profile
	}
	for i := range pod.Spec.InitContainers {
		copyTo(&pod.Spec.InitContainers[i])
	}
	for i := range pod.Spec.Containers {
		copyTo(&pod.Spec.Containers[i])
	}
	for i := range pod.Spec.EphemeralContainers {
		copyTo((*corev1.Container)(&pod.Spec.EphemeralContainers[i].EphemeralContainerCommon))
	}
}

// appArmorProfile is the field for an annotation, nil when there is none or it would not be valid.
func appArmorProfile(annotation string) *corev1.AppArmorProfile {
	switch {
	case annotation == corev1.DeprecatedAppArmorBetaProfileNameUnconfined:
		return &corev1.AppArmorProfile{Type: corev1.AppArmorProfileTypeUnconfined}
	case annotation == corev1.DeprecatedAppArmorBetaProfileRuntimeDefault:
		return &corev1.AppArmorProfile{Type: corev1.AppArmorProfileTypeRuntimeDefault}
	case strings.HasPrefix(annotation, corev1.DeprecatedAppArmorBetaProfileNamePrefix):
		name := strings.TrimPrefix(annotation, corev1.DeprecatedAppArmorBetaProfileNamePrefix)
		if name == "" || name != strings.TrimSpace(name) || len(name) > 4095 {
			return nil
		}
		return &corev1.AppArmorProfile{Type: corev1.AppArmorProfileTypeLocalhost, LocalhostProfile: &name}
	}
	return nil
}

func quoted(values []string) any {
	out := make([]string, len(values))
	for i, value := range values {
		out[i] = strconv.Quote(value)
	}
	return map[string][]string{"quoted": out}
}
