package main

import (
	"encoding/json"
	"errors"

	"helm.sh/helm/v3/pkg/chart"
	"sigs.k8s.io/yaml"
)

// valuesFile is a values file as Helm reads it.
type valuesFile struct {
	// Name is the path its chart has in Helm's words, such as "web/charts/db/values.yaml".
	Name  string          `json:"name,omitempty"`
	Text  string          `json:"text,omitempty"`
	Tree  json.RawMessage `json:"tree,omitempty"`
	Slips []slip          `json:"slips,omitempty"`
	// Problem says why the file is refused; ProblemLine is its line, 0 where the reader names none.
	Problem     string `json:"problem,omitempty"`
	ProblemLine int    `json:"problemLine,omitempty"`
}

// valuesOf gives the values files of a chart and of its subcharts.
func valuesOf(one *chart.Chart) []valuesFile {
	var files []valuesFile
	for _, file := range one.Raw {
		if file.Name == "values.yaml" {
			read := readValues(file.Data)
			read.Name, read.Text = one.ChartFullPath()+"/values.yaml", string(file.Data)
			files = append(files, read)
		}
	}
	for _, dependency := range one.Dependencies() {
		files = append(files, valuesOf(dependency)...)
	}
	return files
}

func (c *cache) values(digest string) []valuesFile {
	if known, ok := c.charts[digest]; ok {
		return known.values
	}
	return nil
}

// readValues reads a values file as Helm does: its first document, numbers as float64.
func readValues(text []byte) valuesFile {
	read := valuesFile{}
	_, _, read.Slips, _ = yamlToJSON(text)
	tree := map[string]interface{}{}
	err := yaml.Unmarshal(text, &tree)
	if err == nil {
		read.Tree, err = json.Marshal(tree)
	}
	if err != nil {
		var unmarshal *json.UnmarshalTypeError
		if errors.As(err, &unmarshal) {
			read.Problem = "expected a map of values"
		} else {
			read.Problem, read.ProblemLine = reasonOf(err)
			read.Problem = "not valid YAML: " + read.Problem
		}
	}
	return read
}
