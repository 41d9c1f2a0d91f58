package main

import (
	"reflect"
	"slices"
	"text/template/parse"

	"helm.sh/helm/v3/pkg/chart"
)

// changing are functions that change a value others see, and tpl, which may call any of them.
var changing = map[string]bool{
	"set": true, "unset": true, "merge": true, "mergeOverwrite": true, "mustMerge": true, "mustMergeOverwrite": true, "tpl": true,
}

// changesValues says whether any template of a chart calls a function that changes values: then the notes may decide what other templates render to.
func changesValues(one *chart.Chart) bool {
	for _, file := range one.Templates {
		_, named, err := identifiers(file.Name, string(file.Data))
		if err != nil || slices.ContainsFunc(named, func(one *parse.IdentifierNode) bool { return changing[one.Ident] }) {
			return true
		}
	}
	for _, dependency := range one.Dependencies() {
		if changesValues(dependency) {
			return true
		}
	}
	return false
}

// identifiers parses a template as text/template does, and gives its own tree and the names of functions in it and in all it defines.
func identifiers(name, text string) (*parse.Tree, []*parse.IdentifierNode, error) {
	tree := parse.New(name)
	tree.Mode = parse.SkipFuncCheck
	all := map[string]*parse.Tree{}
	if _, err := tree.Parse(text, "", "", all); err != nil {
		return nil, nil, err
	}
	var found []*parse.IdentifierNode
	for _, one := range all {
		found = append(found, identifiersIn(reflect.ValueOf(one.Root))...)
	}
	return tree, found, nil
}

func identifiersIn(node reflect.Value) (found []*parse.IdentifierNode) {
	switch node.Kind() {
	case reflect.Interface, reflect.Pointer:
		if node.IsNil() {
			return nil
		}
		if named, ok := node.Interface().(*parse.IdentifierNode); ok {
			return []*parse.IdentifierNode{named}
		}
		return identifiersIn(node.Elem())
	case reflect.Slice:
		for index := range node.Len() {
			found = append(found, identifiersIn(node.Index(index))...)
		}
	case reflect.Struct:
		for index := range node.NumField() {
			if node.Type().Field(index).IsExported() {
				found = append(found, identifiersIn(node.Field(index))...)
			}
		}
	}
	return found
}
