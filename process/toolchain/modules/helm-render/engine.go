package main

import (
	"path"
	"strings"
	"text/template"
	_ "unsafe" // for the links to Helm's engine

	"github.com/pkg/errors"
	"helm.sh/helm/v3/pkg/chart"
	helm "helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
)

// renderable is a template with what it is given (helm pkg/engine/engine.go), of the same fields in the same order.
type renderable struct {
	tpl      string
	vals     helm.Values
	basePath string
}

// The parts of Helm's engine. Its own Render parses all templates each time it executes them; here they are parsed once and executed several times.
//
//go:linkname allTemplates helm.sh/helm/v3/pkg/engine.allTemplates
func allTemplates(*chart.Chart, helm.Values) map[string]renderable

//go:linkname sortTemplates helm.sh/helm/v3/pkg/engine.sortTemplates
func sortTemplates(map[string]renderable) []string

//go:linkname initFunMap helm.sh/helm/v3/pkg/engine.Engine.initFunMap
func initFunMap(engine.Engine, *template.Template)

//go:linkname newLookupFunction helm.sh/helm/v3/pkg/engine.newLookupFunction
func newLookupFunction(engine.ClientProvider) func(apiVersion, kind, namespace, name string) (map[string]interface{}, error)

//go:linkname cleanupParseError helm.sh/helm/v3/pkg/engine.cleanupParseError
func cleanupParseError(filename string, err error) error

//go:linkname cleanupExecError helm.sh/helm/v3/pkg/engine.cleanupExecError
func cleanupExecError(filename string, err error) error

// functionsFor sets the functions of a template: sprig's as they are now, Helm's own, and lookups that are answered by the cluster given.
func functionsFor(parsed *template.Template, cluster engine.ClientProvider) {
	initFunMap(engine.Engine{}, parsed)
	parsed.Funcs(template.FuncMap{"lookup": newLookupFunction(cluster)})
}

// parseAll parses the templates of a chart in Helm's order.
func parseAll(parts map[string]renderable) (parsed *template.Template, err error) {
	defer recovered(&err)
	parsed = template.New("gotpl").Option("missingkey=zero")
	functionsFor(parsed, &emptyCluster{})
	for _, name := range sortTemplates(parts) {
		if _, err := parsed.New(name).Parse(parts[name].tpl); err != nil {
			return nil, cleanupParseError(name, err)
		}
	}
	return parsed, nil
}

// execute renders parsed templates as Helm does (helm pkg/engine/engine.go, render).
func execute(parsed *template.Template, parts map[string]renderable, cluster engine.ClientProvider) (files map[string]string, err error) {
	defer recovered(&err)
	functionsFor(parsed, cluster)
	files = make(map[string]string, len(parts))
	for _, name := range sortTemplates(parts) {
		if strings.HasPrefix(path.Base(name), "_") {
			continue
		}
		part := parts[name]
		part.vals["Template"] = helm.Values{"Name": name, "BasePath": part.basePath}
		var text strings.Builder
		if err := parsed.ExecuteTemplate(&text, name, part.vals); err != nil {
			return nil, cleanupExecError(name, err)
		}
		files[name] = strings.ReplaceAll(text.String(), "<no value>", "")
	}
	return files, nil
}

func recovered(err *error) {
	if problem := recover(); problem != nil {
		*err = errors.Errorf("rendering template failed: %v", problem)
	}
}
