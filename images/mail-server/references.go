package main

import (
	"encoding/json"
	"strings"
)

// resolveReferences replaces every "#key" argument by what an earlier call answered (RFC 8620 section 3.7).
func resolveReferences(args object, before []result) (object, *methodError) {
	out := object{}
	for key, value := range args {
		name, isReference := strings.CutPrefix(key, "#")
		if !isReference {
			out[key] = value
			continue
		}
		reference, _ := value.(object)
		found := false
		for _, earlier := range before {
			if earlier.id == reference["resultOf"] && earlier.name == reference["name"] {
				path, _ := reference["path"].(string)
				out[name], found = pointer(generic(earlier.args), strings.Split(strings.TrimPrefix(path, "/"), "/"))
			}
		}
		if _, both := args[name]; both || !found {
			return nil, &methodError{"invalidResultReference", key}
		}
	}
	return out, nil
}

// pointer follows a JSON pointer of names; "*" takes the rest of the path from every element and joins lists.
func pointer(value any, path []string) (any, bool) {
	if len(path) == 0 {
		return value, true
	}
	switch v := value.(type) {
	case map[string]any:
		next, ok := v[path[0]]
		if !ok {
			return nil, false
		}
		return pointer(next, path[1:])
	case []any:
		if path[0] != "*" {
			return nil, false
		}
		all := []any{}
		for _, element := range v {
			one, ok := pointer(element, path[1:])
			if !ok {
				return nil, false
			}
			if list, isList := one.([]any); isList {
				all = append(all, list...)
			} else {
				all = append(all, one)
			}
		}
		return all, true
	}
	return nil, false
}

// generic is the value as a client would decode it.
func generic(value any) any {
	text, err := json.Marshal(value)
	if err != nil {
		return nil
	}
	var out any
	_ = json.Unmarshal(text, &out)
	return out
}
