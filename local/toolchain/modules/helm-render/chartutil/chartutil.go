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

// Capabilities stands for Helm's type of this name. Its fields are methods, which a template reads in the same way.
type Capabilities struct {
	real      *helm.Capabilities
	questions *Questions
}

// Observed gives capabilities that note what is asked of them.
func Observed(real *helm.Capabilities, questions *Questions) *Capabilities {
	return &Capabilities{real, questions}
}

// KubeVersion is what it is in Helm: charts are judged for a declared version.
func (c *Capabilities) KubeVersion() *helm.KubeVersion {
	c.questions.KubeVersion = true
	return &c.real.KubeVersion
}

// APIVersions answers Has, and nothing else.
func (c *Capabilities) APIVersions() VersionSet { return VersionSet{c} }

// HelmVersion differs between this renderer and the Helm of the provider.
func (c *Capabilities) HelmVersion() interface{} {
	c.questions.Ask("Capabilities.HelmVersion")
	return c.real.HelmVersion
}

// MarshalJSON writes all of it, so all of it is asked.
func (c Capabilities) MarshalJSON() ([]byte, error) {
	c.questions.Ask("Capabilities")
	return json.Marshal(c.real)
}

// Format prints all of it, as the struct a template finds behind the pointer.
func (c Capabilities) Format(state fmt.State, verb rune) {
	c.questions.Ask("Capabilities")
	fmt.Fprintf(state, fmt.FormatString(state, verb), *c.real)
}

// VersionSet stands for the list of APIs. It is no list: whoever goes through it ends with an error, which is an answer too.
type VersionSet struct{ capabilities *Capabilities }

// Has notes the API and answers as Helm does.
func (v VersionSet) Has(api string) bool {
	v.capabilities.questions.API(api)
	return v.capabilities.real.APIVersions.Has(api)
}

// MarshalJSON writes the whole list.
func (v VersionSet) MarshalJSON() ([]byte, error) {
	v.Touch()
	return json.Marshal(v.capabilities.real.APIVersions)
}

// MarshalText is what toToml asks.
func (v VersionSet) MarshalText() ([]byte, error) {
	v.Touch()
	return []byte(strings.Join(v.capabilities.real.APIVersions, " ")), nil
}

// Format prints the whole list.
func (v VersionSet) Format(state fmt.State, verb rune) {
	v.Touch()
	fmt.Fprintf(state, fmt.FormatString(state, verb), v.capabilities.real.APIVersions)
}

// Touch notes that the whole list was asked for.
func (v VersionSet) Touch() { v.capabilities.questions.Ask("Capabilities.APIVersions") }

// Revision stands for the number of the revision: printed it is that number, to count or compare with it is to ask for it.
type Revision struct {
	Number    int
	Questions *Questions
}

// Touch notes that the revision was asked for.
func (r Revision) Touch() { r.Questions.Ask("Release.Revision") }

// Format prints the number. What the template of a file prints itself decides nothing; what a function prints may be compared, and so may what a
// template prints that is included.
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
