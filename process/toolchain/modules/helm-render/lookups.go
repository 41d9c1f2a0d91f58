package main

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

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

// lookupReason is the annotation of a Chart.yaml that says why nothing its own templates look up changes what is installed.
const lookupReason = "hardened.pulumi/lookup"

// declared is a chart whose annotation declares the lookups of its own templates, and the reason it gives.
type declared struct {
	Chart  string `json:"chart"`
	Reason string `json:"reason"`
}

// shortestReason is how many characters a reason has at least, as that of an exemption (policy/settings/shortest-reason.ts).
const shortestReason = 10

// declaring notes for each chart, by the path its templates have, the reason by which it declares its lookups: empty for none, and for one too short to be any.
func declaring(one *chart.Chart, reasons map[string]string) {
	reason := strings.TrimSpace(one.Metadata.Annotations[lookupReason])
	if utf8.RuneCountInString(reason) < shortestReason {
		reason = ""
	}
	reasons[one.ChartFullPath()] = reason
	for _, dependency := range one.Dependencies() {
		declaring(dependency, reasons)
	}
}

// chartOf gives the deepest chart a file lies in.
func chartOf(file string, reasons map[string]string) string {
	deepest := ""
	for path := range reasons {
		if strings.HasPrefix(file, path+"/") && len(path) > len(deepest) {
			deepest = path
		}
	}
	return deepest
}
