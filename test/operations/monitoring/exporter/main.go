// Command exporter writes the series that kube-state-metrics makes of an object by a custom-resource state file: JSON lines in, JSON lines out.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/klog/v2"
	"k8s.io/kube-state-metrics/v2/pkg/customresourcestate"
)

// question is one line of input: the text of the file, and an object of the cluster.
type question struct {
	Config string         `json:"config"`
	Object map[string]any `json:"object"`
}

type failure struct {
	Error string `json:"error"`
}

// reader decodes strictly, and keeps what kube-state-metrics made of it.
type reader struct {
	text string
	read *customresourcestate.Metrics
}

func (r *reader) Decode(into any) error {
	decoder := yaml.NewDecoder(strings.NewReader(r.text))
	decoder.KnownFields(true)
	var file struct {
		Kind                        string `yaml:"kind"`
		customresourcestate.Metrics `yaml:",inline"`
	}
	if err := decoder.Decode(&file); err != nil {
		return err
	}
	if file.Kind != "CustomResourceStateMetrics" {
		return fmt.Errorf("kind must be CustomResourceStateMetrics, got %q", file.Kind)
	}
	r.read = into.(*customresourcestate.Metrics)
	*r.read = file.Metrics
	return nil
}

func main() {
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 && encoder.Encode(answer(line)) != nil {
			os.Exit(1)
		}
		if err != nil {
			return
		}
	}
}

func answer(line []byte) any {
	var asked question
	if err := json.Unmarshal(line, &asked); err != nil {
		return failure{err.Error()}
	}
	config := &reader{text: asked.Config}
	if _, err := customresourcestate.FromConfig(config, nil); err != nil {
		return failure{err.Error()}
	}
	object := &unstructured.Unstructured{Object: asked.Object}
	series := []string{}
	for _, resource := range config.read.Spec.Resources {
		gvk := resource.GroupVersionKind
		if of := object.GroupVersionKind(); of.Group != gvk.Group || of.Version != gvk.Version || of.Kind != gvk.Kind {
			continue
		}
		factory, err := customresourcestate.NewCustomResourceMetrics(resource)
		if err != nil {
			return failure{err.Error()}
		}
		for _, family := range factory.MetricFamilyGenerators() {
			text := strings.TrimSpace(string(family.Generate(object).ByteSlice()))
			if text != "" {
				series = append(series, strings.Split(text, "\n")...)
			}
		}
	}
	return map[string][]string{"series": series}
}
