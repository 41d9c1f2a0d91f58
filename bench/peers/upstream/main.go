// Command upstream is Kubernetes' own Pod Security evaluator as a program: what the bench measures this project against.
//
//	upstream check FILE LEVEL VERSION    reads YAML documents, prints each denied object, ends with 1 when there is one
//	upstream verdicts FILE N             reads one pod a line ({"level", "version", "pod"}), judges all of them N times on one thread, prints verdicts a second
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"
)

func main() {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	must(err)
	if os.Args[1] == "check" {
		os.Exit(check(evaluator, os.Args[2], levelVersion(os.Args[3], os.Args[4])))
	}
	rounds, err := strconv.Atoi(os.Args[3])
	must(err)
	verdicts(evaluator, os.Args[2], rounds)
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
}

func levelVersion(level, version string) api.LevelVersion {
	parsedLevel, err := api.ParseLevel(level)
	must(err)
	parsedVersion, err := api.ParseVersion(version)
	must(err)
	return api.LevelVersion{Level: parsedLevel, Version: parsedVersion}
}

func setDefaults(spec *corev1.PodSpec) {
	for i := range spec.Volumes {
		if spec.Volumes[i].VolumeSource == (corev1.VolumeSource{}) {
			spec.Volumes[i].EmptyDir = &corev1.EmptyDirVolumeSource{}
		}
	}
}

// check reads the YAML kubectl reads; only the two kinds of the bench are known.
func check(evaluator policy.Evaluator, file string, asked api.LevelVersion) int {
	data, err := os.ReadFile(file)
	must(err)
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(data)))
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	objects, denied := 0, 0
	for {
		document, err := reader.Read()
		if err == io.EOF {
			break
		}
		must(err)
		var kind metav1.TypeMeta
		must(yaml.Unmarshal(document, &kind))
		var name string
		var meta *metav1.ObjectMeta
		var spec *corev1.PodSpec
		switch kind.Kind {
		case "Pod":
			var pod corev1.Pod
			must(yaml.Unmarshal(document, &pod))
			name, meta, spec = pod.Name, &pod.ObjectMeta, &pod.Spec
		case "Deployment":
			var deployment appsv1.Deployment
			must(yaml.Unmarshal(document, &deployment))
			name, meta, spec = deployment.Name, &deployment.Spec.Template.ObjectMeta, &deployment.Spec.Template.Spec
		default:
			continue
		}
		objects++
		setDefaults(spec)
		if result := policy.AggregateCheckResults(evaluator.EvaluatePod(asked, meta, spec)); !result.Allowed {
			denied++
			fmt.Fprintf(out, "%s %s: %s\n", kind.Kind, name, result.ForbiddenDetail())
		}
	}
	fmt.Fprintf(out, "%d objects, %d denied\n", objects, denied)
	if denied > 0 {
		return 1
	}
	return 0
}

type question struct {
	level api.LevelVersion
	pod   corev1.Pod
}

func verdicts(evaluator policy.Evaluator, file string, rounds int) {
	runtime.GOMAXPROCS(1)
	data, err := os.ReadFile(file)
	must(err)
	var questions []question
	for _, line := range bytes.Split(bytes.TrimSpace(data), []byte("\n")) {
		var asked struct {
			Level   string     `json:"level"`
			Version string     `json:"version"`
			Pod     corev1.Pod `json:"pod"`
		}
		must(json.Unmarshal(line, &asked))
		setDefaults(&asked.Pod.Spec)
		questions = append(questions, question{levelVersion(asked.Level, asked.Version), asked.Pod})
	}
	allowed, length := 0, 0
	start := time.Now()
	for range rounds {
		for i := range questions {
			asked := &questions[i]
			result := policy.AggregateCheckResults(evaluator.EvaluatePod(asked.level, &asked.pod.ObjectMeta, &asked.pod.Spec))
			if result.Allowed {
				allowed++
			} else {
				length += len(result.ForbiddenDetail())
			}
		}
	}
	seconds := time.Since(start).Seconds()
	must(json.NewEncoder(os.Stdout).Encode(map[string]any{
		"verdicts": rounds * len(questions), "perSecond": float64(rounds*len(questions)) / seconds, "allowed": allowed / rounds, "length": length / rounds,
	}))
}
