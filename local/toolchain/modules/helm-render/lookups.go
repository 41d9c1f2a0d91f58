package main

import (
	"context"
	"errors"
	"reflect"
	"strconv"
	"strings"
	"text/template"
	"text/template/parse"

	"helm.sh/helm/v3/pkg/chart"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
)

// lookup is a place in a chart that asks the cluster what it holds.
type lookup struct {
	// What is asked for, such as "v1 Secret".
	What string `json:"what"`
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
}

// emptyCluster answers Helm's `lookup` as a cluster that holds nothing, and counts the questions.
type emptyCluster struct {
	asked []string
	// failAt is the number of the question that is answered with an error, by which Helm tells its place; 0 for none.
	failAt int
}

var errPlace = errors.New("the place of a lookup")

func (c *emptyCluster) GetClientFor(apiVersion, kind string) (dynamic.NamespaceableResourceInterface, bool, error) {
	c.asked = append(c.asked, apiVersion+" "+kind)
	if len(c.asked) == c.failAt {
		return nil, false, errPlace
	}
	return nothing{}, true, nil
}

type nothing struct {
	dynamic.NamespaceableResourceInterface
}

var errNotFound = apierrors.NewNotFound(schema.GroupResource{}, "")

func (nothing) Namespace(string) dynamic.ResourceInterface { return nothing{} }

func (nothing) Get(context.Context, string, metav1.GetOptions, ...string) (*unstructured.Unstructured, error) {
	return nil, errNotFound
}

func (nothing) List(context.Context, metav1.ListOptions) (*unstructured.UnstructuredList, error) {
	return nil, errNotFound
}

// mostPlaces bounds the renders that find places: of more lookups only the number is told.
const mostPlaces = 20

// placesOf finds where a chart looks things up: each render fails at another of the questions asked in `asked`, and the error tells the place.
// A place in notes decides nothing that is installed as long as no template changes values that others see, and one in a chart whose annotation
// declares its lookups is left out.
func placesOf(asked []string, root *chart.Chart, failing func(at int) error) []lookup {
	reasons := map[string]bool{}
	declaring(root, reasons)
	notesCount := changesValues(root)
	var found []lookup
	known := map[lookup]bool{}
	for index, what := range asked {
		if index >= mostPlaces {
			return append(found, lookup{What: strconv.Itoa(len(asked)-index) + " more"})
		}
		one := lookup{What: what}
		outer, file, line := placeOf(failing(index+1), reasons)
		if strings.HasSuffix(outer, "/templates/NOTES.txt") && !notesCount || reasons[chartOf(file, reasons)] {
			continue
		}
		one.File, one.Line = file, line
		if !known[one] {
			known[one] = true
			found = append(found, one)
		}
	}
	return found
}

// placeOf gives the template that was executed, and the file and line that failed: those of the outermost and the innermost error of the
// templates that lie in a chart: what tpl is given has no file. Their texts are not searched, since a chart gives its templates any name.
func placeOf(err error, charts map[string]bool) (outer, file string, line int) {
	var failed template.ExecError
	for errors.As(err, &failed) {
		if outer == "" {
			outer = failed.Name
		}
		words := strings.TrimPrefix(failed.Err.Error(), "template: ")
		location, _, _ := strings.Cut(words, ": executing ")
		if at, number := locationIn(location); chartOf(at, charts) != "" {
			file, line = at, number
		}
		err = errors.Unwrap(failed.Err)
	}
	return outer, file, line
}

// locationIn takes "<file>:<line>:<column>" apart.
func locationIn(location string) (string, int) {
	parts := strings.Split(location, ":")
	if len(parts) < 3 {
		return "", 0
	}
	line, _ := strconv.Atoi(parts[len(parts)-2])
	return strings.Join(parts[:len(parts)-2], ":"), line
}

// changing are functions that change a value others see, and tpl, which may call any of them.
var changing = map[string]bool{
	"set": true, "unset": true, "merge": true, "mergeOverwrite": true, "mustMerge": true, "mustMergeOverwrite": true, "tpl": true,
}

// changesValues says whether any template of a chart calls a function that changes values: then the notes may decide what other templates render to.
func changesValues(one *chart.Chart) bool {
	for _, file := range one.Templates {
		tree := parse.New(file.Name)
		tree.Mode = parse.SkipFuncCheck
		set := map[string]*parse.Tree{}
		if _, err := tree.Parse(string(file.Data), "", "", set); err != nil {
			return true
		}
		for _, each := range set {
			if calls(reflect.ValueOf(each.Root), changing) {
				return true
			}
		}
	}
	for _, dependency := range one.Dependencies() {
		if changesValues(dependency) {
			return true
		}
	}
	return false
}

// calls says whether a part of a parsed template names one of the functions.
func calls(node reflect.Value, functions map[string]bool) bool {
	switch node.Kind() {
	case reflect.Interface, reflect.Pointer:
		if node.IsNil() {
			return false
		}
		if named, ok := node.Interface().(*parse.IdentifierNode); ok {
			return functions[named.Ident]
		}
		return calls(node.Elem(), functions)
	case reflect.Slice:
		for index := range node.Len() {
			if calls(node.Index(index), functions) {
				return true
			}
		}
	case reflect.Struct:
		for index := range node.NumField() {
			if field := node.Type().Field(index); field.IsExported() && calls(node.Field(index), functions) {
				return true
			}
		}
	}
	return false
}

// lookupReason is the annotation of a Chart.yaml that says why nothing its own templates look up changes what is installed.
const lookupReason = "hardened.pulumi/lookup"

// declaring notes for each chart, by the path its templates have, whether it declares its lookups.
func declaring(one *chart.Chart, reasons map[string]bool) {
	reasons[one.ChartFullPath()] = strings.TrimSpace(one.Metadata.Annotations[lookupReason]) != ""
	for _, dependency := range one.Dependencies() {
		declaring(dependency, reasons)
	}
}

// chartOf gives the deepest chart a file lies in.
func chartOf(file string, reasons map[string]bool) string {
	deepest := ""
	for path := range reasons {
		if strings.HasPrefix(file, path+"/") && len(path) > len(deepest) {
			deepest = path
		}
	}
	return deepest
}
