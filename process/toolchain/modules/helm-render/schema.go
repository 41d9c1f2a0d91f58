package main

import (
	"encoding/json"
	"strings"

	"helm.sh/helm/v3/pkg/chart"
)

// refersElsewhere says whether the schema of a chart or of a subchart names a document that is not in it. Helm would fetch it (pkg/chartutil/jsonschema.go),
// from the network or the disk of whoever judges: such schemas are not asked. A schema only refuses values, so what is judged is what passes it and more.
func refersElsewhere(one *chart.Chart) bool {
	var schema interface{}
	if len(one.Schema) > 0 && (json.Unmarshal(one.Schema, &schema) != nil || refers(schema)) {
		return true
	}
	for _, dependency := range one.Dependencies() {
		if refersElsewhere(dependency) {
			return true
		}
	}
	return false
}

// drafts are the schemas of JSON Schema itself, which the validator brings along.
var drafts = []string{"http://json-schema.org/draft-0", "https://json-schema.org/draft/20", "https://json-schema.org/draft-0", "http://json-schema.org/schema"}

func refers(schema interface{}) bool {
	switch schema := schema.(type) {
	case map[string]interface{}:
		for key, value := range schema {
			text, isText := value.(string)
			switch key {
			case "$ref", "$dynamicRef", "$recursiveRef":
				if isText && !strings.HasPrefix(text, "#") {
					return true
				}
			case "$schema":
				if isText && !isDraft(text) {
					return true
				}
			}
			if refers(value) {
				return true
			}
		}
	case []interface{}:
		for _, value := range schema {
			if refers(value) {
				return true
			}
		}
	}
	return false
}

func isDraft(uri string) bool {
	for _, draft := range drafts {
		if strings.HasPrefix(uri, draft) {
			return true
		}
	}
	return false
}
