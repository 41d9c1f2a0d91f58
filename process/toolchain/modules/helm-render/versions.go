package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"text/template"

	"hardened/toolchain/helm-render/chartutil"
	helm "helm.sh/helm/v3/pkg/chartutil"
)

// Of the version of Kubernetes only the minor is declared: which patch of it a cluster has, and what its vendor appends, is not known. To find who asks,
// a chart is rendered with a patch that nobody can guess. A function that is given a text with it is called again with texts of other clusters. What it
// answers may differ as the texts do; what differs otherwise is a question.
type versionWatch struct {
	// patch stands in the texts for whatever follows the minor; minor is what stands before it, such as "1.36.".
	patch, minor string
	// texts and lists are results that follow from the version, by their text or their place, with what they are for another patch.
	texts map[string]func(patch string) interface{}
	lists map[uintptr]func(patch string) interface{}
	asked bool
	// left counts the values that may still be looked at.
	left int
	// depth counts results that follow from others: where they go in a circle, that is a question.
	depth int
}

// maxChain bounds how many results may follow from each other.
const maxChain = 100

// follow gives a result for another patch.
func (w *versionWatch) follow(elsewhere func(patch string) interface{}, patch string) interface{} {
	if w.depth >= maxChain {
		w.asked = true
		return nil
	}
	w.depth++
	defer func() { w.depth-- }()
	return elsewhere(patch)
}

func newVersionWatch(version helm.KubeVersion) *versionWatch {
	return &versionWatch{
		left: maxVisits, patch: fmt.Sprint(laterRevision()), minor: version.Major + "." + version.Minor + ".",
		texts: map[string]func(string) interface{}{}, lists: map[uintptr]func(string) interface{}{},
	}
}

// patchCounts says whether a chart asks for the patch or the vendor of the version, on any occasion.
func (j job) patchCounts() bool {
	for _, at := range []occasion{firstInstall, nextUpgrade} {
		watch := newVersionWatch(j.capabilities.KubeVersion)
		own := j
		own.capabilities = j.capabilities.Copy()
		own.capabilities.KubeVersion.Version = "v" + watch.minor + watch.patch
		_, err := with(watch.functions(), func() (map[string]string, error) { return own.files(at, &emptyCluster{}, nil, nil) })
		if watch.asked {
			return true
		}
		if err != nil {
			_, plainErr := j.files(at, &emptyCluster{}, nil, nil)
			if plainErr == nil {
				return true
			}
		}
	}
	return false
}

// builtins are the functions of text/template that give an answer: sprig has none of these names.
var builtins = []string{"eq", "ge", "gt", "html", "index", "js", "le", "len", "lt", "ne", "slice", "urlquery"}

func (w *versionWatch) functions() map[string]interface{} {
	functions := make(map[string]interface{}, len(plain)+len(builtins))
	for name, function := range plain {
		if value := reflect.ValueOf(function); value.Kind() == reflect.Func && !slices.Contains(drawing, name) {
			function = w.watch(name, value)
		}
		functions[name] = function
	}
	for _, name := range builtins {
		functions[name] = w.watch(name, reflect.ValueOf(builtin(name)))
	}
	parse := reflect.ValueOf(functions["semver"])
	functions["semver"] = func(text string) (interface{}, error) {
		results := parse.Call([]reflect.Value{reflect.ValueOf(text)})
		if err, failed := results[1].Interface().(error); failed {
			return nil, err
		}
		if parsed, ok := results[0].Interface().(chartutil.Parsed); ok && w.isAbout(text) {
			return chartutil.SemVer{Parsed: parsed, Ask: func() { w.asked = true }}, nil
		}
		return results[0].Interface(), nil
	}
	return functions
}

// builtin gives a function of text/template, which has no other way to reach it.
func builtin(name string) func(arguments ...interface{}) (interface{}, error) {
	return func(arguments ...interface{}) (result interface{}, err error) {
		call := name
		for index := range arguments {
			call += fmt.Sprintf(" (argument %d)", index)
		}
		parsed, err := template.New(name).Funcs(template.FuncMap{
			"argument": func(index int) interface{} { return arguments[index] },
			"result": func(value interface{}) string {
				result = value
				return ""
			},
		}).Parse("{{result (" + call + ")}}")
		if err != nil {
			return nil, err
		}
		return result, parsed.Execute(&strings.Builder{}, nil)
	}
}

func (w *versionWatch) watch(name string, function reflect.Value) interface{} {
	kind := function.Type()
	call := func(arguments []reflect.Value) []reflect.Value {
		if kind.IsVariadic() {
			return function.CallSlice(arguments)
		}
		return function.Call(arguments)
	}
	return reflect.MakeFunc(kind, func(arguments []reflect.Value) []reflect.Value {
		results := call(arguments)
		if name == "semver" || w.asked || !slices.ContainsFunc(arguments, func(one reflect.Value) bool { return w.isAbout(one.Interface()) }) {
			return results
		}
		elsewhere := func(patch string) (result interface{}, err error) {
			defer recovered(&err)
			others := make([]reflect.Value, len(arguments))
			for index, one := range arguments {
				others[index] = orZero(w.with(one.Interface(), patch), one.Type())
			}
			return answerOf(call(others))
		}
		answer, err := answerOf(results)
		if err != nil {
			return results
		}
		if _, decides := answer.(bool); decides && !strings.HasPrefix(name, "semver") && slices.ContainsFunc(arguments, w.isDerived) {
			w.asked = true
			return results
		}
		replaced := true
		for _, patch := range w.patches(name, arguments) {
			other, err := elsewhere(patch)
			if err != nil {
				continue // nothing is installed there
			}
			same := reflect.DeepEqual(w.with(answer, patch), other)
			if !same && !follows(answer, other) {
				w.asked = true
				return results
			}
			replaced = replaced && same
		}
		if replaced || w.asked {
			return results
		}
		w.remember(answer, func(patch string) interface{} {
			other, _ := elsewhere(patch)
			return other
		})
		return results
	}).Interface()
}

func orZero(value interface{}, kind reflect.Type) reflect.Value {
	if value == nil {
		return reflect.Zero(kind)
	}
	return reflect.ValueOf(value)
}

func answerOf(results []reflect.Value) (interface{}, error) {
	if last := results[len(results)-1]; len(results) > 1 {
		if err, failed := last.Interface().(error); failed {
			return nil, err
		}
	}
	return results[0].Interface(), nil
}

// follows says whether another answer is no other decision: another text, or other parts of a text.
func follows(answer, other interface{}) bool {
	switch answer := answer.(type) {
	case string:
		other, ok := other.(string)
		return ok && (answer == "") == (other == "")
	case []string, []interface{}, map[string]string, map[string]interface{}:
		return reflect.TypeOf(answer) == reflect.TypeOf(other)
	default:
		return false
	}
}

// remember keeps how an answer follows from the version. A text with the patch in it is taken for the version as a whole.
func (w *versionWatch) remember(answer interface{}, elsewhere func(patch string) interface{}) {
	switch answer := answer.(type) {
	case string:
		if answer != "" && !strings.Contains(answer, w.patch) {
			w.texts[answer] = elsewhere
		}
		return
	case map[string]string:
		// Parts that other versions have and this one has not, as `split` gives them: a template reads them without asking a function.
		for index := range maxParts {
			key := fmt.Sprintf("_%d", index)
			if _, there := answer[key]; there {
				continue
			}
			answer[key] = fmt.Sprintf("%s part %d", w.patch, index)
			w.texts[answer[key]] = func(patch string) interface{} {
				parts, _ := elsewhere(patch).(map[string]string)
				return parts[key]
			}
		}
	}
	if value := reflect.ValueOf(answer); value.Kind() == reflect.Slice || value.Kind() == reflect.Map {
		w.lists[value.Pointer()] = elsewhere
	}
}

// maxParts is how many parts of a version are followed.
const maxParts = 6
