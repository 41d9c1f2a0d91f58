// Package chartutil has what a chart is given in place of Helm's own values, to learn what it asks: types of the same names as those of
// helm.sh/helm/v3/pkg/chartutil, since a template can print the name of a type.
package chartutil

import (
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strings"

	helm "helm.sh/helm/v3/pkg/chartutil"
)

// Questions is what a chart asked while it rendered.
type Questions struct {
	// APIs are those it asked `.Capabilities.APIVersions.Has` for, in order, each once.
	APIs []string
	// KubeVersion says whether it asked for the version of Kubernetes, of which only the declared part is known.
	KubeVersion bool
	// Other names what was asked in a way that has no single answer to try, such as "Capabilities.HelmVersion", in order, each once.
	Other []string
}

// API notes a question for one API.
func (q *Questions) API(name string) { q.APIs = AppendOnce(q.APIs, name) }

// Ask notes any other question.
func (q *Questions) Ask(what string) { q.Other = AppendOnce(q.Other, what) }

// AppendOnce appends what is not there yet.
func AppendOnce[T comparable](known []T, one T) []T {
	if slices.Contains(known, one) {
		return known
	}
	return append(known, one)
}

// watching is whom the values below tell. They hold nothing of it themselves, so that a copy a template makes of them tells the same.
var watching struct {
	real      *helm.Capabilities
	questions *Questions
}

// Watch gives capabilities and a revision that note what is asked of them, until the next call. Charts are rendered one at a time.
func Watch(real *helm.Capabilities, revision int, questions *Questions) (*Capabilities, Revision) {
	watching.real, watching.questions = real, questions
	return &Capabilities{}, Revision{revision}
}

// Ask notes a question of the chart that is watched.
func Ask(what string) { watching.questions.Ask(what) }

// Capabilities stands for Helm's type of this name. Its fields are methods, which a template reads in the same way.
type Capabilities struct{}

// KubeVersion is what it is in Helm: charts are judged for a declared version.
func (c *Capabilities) KubeVersion() *helm.KubeVersion {
	watching.questions.KubeVersion = true
	return &watching.real.KubeVersion
}

// APIVersions answers Has, and nothing else.
func (c *Capabilities) APIVersions() VersionSet { return VersionSet{} }

// HelmVersion differs between this renderer and the Helm of the provider.
func (c *Capabilities) HelmVersion() interface{} {
	Ask("Capabilities.HelmVersion")
	return watching.real.HelmVersion
}

// Touch notes that all of it was asked for.
func (c Capabilities) Touch() { Ask("Capabilities") }

// MarshalJSON writes all of it, so all of it is asked.
func (c Capabilities) MarshalJSON() ([]byte, error) {
	c.Touch()
	return json.Marshal(watching.real)
}

// Format prints all of it, as the struct a template finds behind the pointer.
func (c Capabilities) Format(state fmt.State, verb rune) {
	c.Touch()
	fmt.Fprintf(state, fmt.FormatString(state, verb), *watching.real)
}

// VersionSet stands for the list of APIs. It is no list: whoever goes through it ends with an error, which is an answer too.
type VersionSet struct{}

// Has notes the API and answers as Helm does.
func (v VersionSet) Has(api string) bool {
	watching.questions.API(api)
	return watching.real.APIVersions.Has(api)
}

// MarshalJSON writes the whole list.
func (v VersionSet) MarshalJSON() ([]byte, error) {
	v.Touch()
	return json.Marshal(watching.real.APIVersions)
}

// MarshalText is what toToml asks.
func (v VersionSet) MarshalText() ([]byte, error) {
	v.Touch()
	return []byte(strings.Join(watching.real.APIVersions, " ")), nil
}

// Format prints the whole list.
func (v VersionSet) Format(state fmt.State, verb rune) {
	v.Touch()
	fmt.Fprintf(state, fmt.FormatString(state, verb), watching.real.APIVersions)
}

// Touch notes that the whole list was asked for.
func (v VersionSet) Touch() { Ask("Capabilities.APIVersions") }

// Revision stands for the number of the revision: printed it is that number, to count or compare with it is to ask for it.
type Revision struct{ Number int }

// AskedRevision names a question for the number of the revision.
const AskedRevision = "Release.Revision"

// Touch notes that the revision was asked for.
func (r Revision) Touch() { Ask(AskedRevision) }

// Format prints the number. What a function prints may be compared, and so may what a template prints that is included. What the template of a file
// prints itself is not asked for here: whether YAML makes more of it than a number is seen by comparing what several revisions render to (compare.go).
func (r Revision) Format(state fmt.State, verb rune) {
	if !isPrintedByTemplate() {
		r.Touch()
	}
	fmt.Fprintf(state, fmt.FormatString(state, verb), r.Number)
}

// MarshalJSON writes the number.
func (r Revision) MarshalJSON() ([]byte, error) {
	r.Touch()
	return json.Marshal(r.Number)
}

// MarshalText is what toToml asks.
func (r Revision) MarshalText() ([]byte, error) {
	r.Touch()
	return []byte(fmt.Sprint(r.Number)), nil
}

// Touchable is a value that notes who looks at it.
type Touchable interface{ Touch() }

// isPrintedByTemplate says whether the template of a file prints the value itself (text/template, exec.go, printValue): no function in it, and no
// template that it includes, whose text comes back to it.
func isPrintedByTemplate() bool {
	callers := make([]uintptr, 4096)
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers)])
	printed, executions := false, 0
	for {
		frame, more := frames.Next()
		switch {
		case frame.Function == "text/template.(*state).printValue":
			printed = true
		case !printed && (strings.HasPrefix(frame.Function, "reflect.") || strings.HasPrefix(frame.Function, "text/template.")):
			return false
		case frame.Function == "text/template.(*Template).execute":
			executions++
		}
		if !more {
			return printed && executions == 1
		}
	}
}
