package main

import (
	"fmt"
	"path"
	"runtime"
	"sort"
	"strings"
	"text/template/parse"

	"helm.sh/helm/v3/pkg/chart"
)

// Names of the functions that stand in the templates of a chart whose lookups are to be placed.
const (
	placedLookup = "hardenedLookup"
	notesMark    = "hardenedNotes"
)

// places notes where a chart looks things up. In a copy of the chart each `lookup` has the number of its place as first argument: found in the tree
// that text/template itself parses, so nothing that only looks like one is touched. What is judged is rendered from the chart as it is.
type places struct {
	known []lookup
	asked []placed
	notes bool
}

// placed is a lookup that was made, in notes or not.
type placed struct {
	lookup
	inNotes bool
}

// functions are what the copy calls.
func (p *places) functions(others map[string]interface{}) map[string]interface{} {
	functions := make(map[string]interface{}, len(others)+2)
	for name, function := range others {
		functions[name] = function
	}
	functions[placedLookup] = func(number int, apiVersion, kind, _, _ string) map[string]interface{} {
		one := p.known[number]
		one.What = apiVersion + " " + kind
		p.asked = append(p.asked, placed{one, p.notes})
		return map[string]interface{}{}
	}
	// What notes include belongs to them; notes that a template includes belong to it.
	functions[notesMark] = func(begin bool) string {
		if isOutermost() {
			p.notes = begin
		}
		return ""
	}
	return functions
}

// isOutermost says whether a template that calls a function is one that Helm executes itself, and no other template.
func isOutermost() bool {
	callers := make([]uintptr, 256)
	count := runtime.Callers(2, callers)
	if count == len(callers) {
		return false
	}
	frames := runtime.CallersFrames(callers[:count])
	executions := 0
	for more := true; more; {
		var frame runtime.Frame
		frame, more = frames.Next()
		switch frame.Function {
		case "text/template.(*Template).execute":
			executions++
		case "text/template.(*state).walkTemplate":
			return false
		}
	}
	return executions == 1
}

// mark changes the templates of a copied chart.
func (p *places) mark(copied *chart.Chart) {
	marked := make([]*chart.File, len(copied.Templates))
	for index, file := range copied.Templates {
		if file == nil {
			continue
		}
		name := path.Join(copied.ChartFullPath(), file.Name)
		marked[index] = &chart.File{Name: file.Name, Data: []byte(p.marked(name, string(file.Data)))}
	}
	copied.Templates = marked
	for _, dependency := range copied.Dependencies() {
		p.mark(dependency)
	}
}

func (p *places) marked(name, text string) string {
	isNotes := path.Base(name) == "NOTES.txt"
	if !isNotes && !strings.Contains(text, "lookup") {
		return text
	}
	tree, named, err := identifiers(name, text)
	if err != nil {
		return text
	}
	var calls []int
	for _, one := range named {
		if one.Ident == "lookup" {
			calls = append(calls, int(one.Pos))
		}
	}
	sort.Ints(calls)
	const word = "lookup"
	var whole strings.Builder
	end := 0
	for _, at := range calls {
		if at < end || !strings.HasPrefix(text[at:], word) {
			continue
		}
		fmt.Fprintf(&whole, "%s%s %d", text[end:at], placedLookup, len(p.known))
		p.known = append(p.known, lookup{File: name, Line: 1 + strings.Count(text[:at], "\n")})
		end = at + len(word)
	}
	whole.WriteString(text[end:])
	if isNotes && !parse.IsEmptyTree(tree.Root) {
		return fmt.Sprintf("{{%s true}}%s{{%s false}}", notesMark, whole.String(), notesMark)
	}
	return whole.String()
}
