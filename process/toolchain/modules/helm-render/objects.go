package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	kjson "sigs.k8s.io/json"
)

// objectsOf gives the objects of a JSON document.
func objectsOf(document []byte) ([]object, error) {
	if bytes.Equal(bytes.TrimSpace(document), []byte("null")) {
		return nil, nil
	}
	var tree map[string]interface{}
	if err := kjson.UnmarshalCaseSensitivePreserveInts(document, &tree); err != nil {
		return nil, errNoMap
	}
	return objectsIn(tree, document, nil)
}

// objectsOfTree gives the objects of a YAML document: the tree it has and the JSON of it, which needs no second reading.
func objectsOfTree(tree interface{}, document []byte) ([]object, error) {
	switch tree := tree.(type) {
	case nil:
		return nil, nil
	case map[string]interface{}:
		return objectsIn(tree, document, document)
	default:
		return nil, errNoMap
	}
}

// objectsIn gives the objects of a document, lists opened, as unstructured.UnstructuredJSONScheme and FlattenListVisitor do: whatever has items is a
// list, and an item with neither apiVersion nor kind takes those of its list. `encoded` is what the tree is as JSON, where that is known.
func objectsIn(tree map[string]interface{}, document, encoded []byte) ([]object, error) {
	if err := checkMetadata(document); err != nil {
		return nil, err
	}
	if err := checkVersion(tree); err != nil {
		return nil, err
	}
	items, isList := tree["items"]
	if !isList && encoded != nil {
		return []object{{Object: encoded}}, nil
	}
	if !isList {
		encoded, err := json.Marshal(tree)
		return []object{{Object: encoded}}, err
	}
	kind, _ := tree["kind"].(string)
	if kind == "" {
		return nil, errors.New("kind is missing or not a text")
	}
	if items == nil && !isEmptyList(tree, kind) {
		return nil, errors.New("items is null in what is no list: Helm leaves the object out, Argo CD creates it")
	}
	if items == nil {
		return nil, nil
	}
	listed, ok := items.([]interface{})
	if !ok {
		return nil, errors.New("items must be a list: whatever has items is one for kubectl and Helm")
	}
	objects := make([]object, 0, len(listed))
	for index, item := range listed {
		within := fmt.Sprintf("items[%d]", index)
		one, ok := item.(map[string]interface{})
		if !ok {
			return nil, fmt.Errorf("%s: a Kubernetes object must be a map", within)
		}
		own, _ := one["kind"].(string)
		version, _ := one["apiVersion"].(string)
		if own == "" && version == "" {
			one["kind"] = strings.TrimSuffix(kind, "List")
			one["apiVersion"], _ = tree["apiVersion"].(string)
		}
		if err := checkVersion(one); err != nil {
			return nil, fmt.Errorf("%s: %w", within, err)
		}
		if _, nested := one["items"].([]interface{}); nested {
			return nil, fmt.Errorf("%s: a list inside a list, which kubectl and Helm refuse", within)
		}
		encoded, err := json.Marshal(one)
		if err != nil {
			return nil, err
		}
		objects = append(objects, object{Within: within, Object: encoded})
	}
	return objects, nil
}

// isEmptyList says whether an object whose items are null is an empty list for everyone: Argo CD takes what has a spec or a status for an object
// (reposerver/repository/repository.go, isNullList).
func isEmptyList(tree map[string]interface{}, kind string) bool {
	_, hasSpec := tree["spec"]
	_, hasStatus := tree["status"]
	return strings.HasSuffix(kind, "List") && !hasSpec && !hasStatus
}

// checkMetadata refuses metadata the API machinery cannot decode, as cli-runtime's metadataValidatingDecoder does; it leaves the items of a list to the
// server.
func checkMetadata(document []byte) error {
	err := kjson.UnmarshalCaseSensitivePreserveInts(document, &metav1.PartialObjectMetadata{})
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return err
	}
	field := strings.TrimPrefix(wrong.Field, "TypeMeta.")
	if wrong.Type.Kind() == reflect.String && (strings.HasSuffix(field, "labels") || strings.HasSuffix(field, "annotations")) {
		field = "a value of " + field
	}
	return fmt.Errorf("%s must be a %s, got a %s", field, nameOf(wrong.Type.Kind().String()), nameOf(wrong.Value))
}

// nameOf names a type of Go or JSON as people do.
func nameOf(kind string) string {
	switch kind {
	case "string":
		return "text"
	case "struct", "object":
		return "map"
	case "slice", "array":
		return "list"
	case "bool":
		return "truth value"
	case "int64":
		return "whole number"
	default:
		return kind
	}
}

// checkVersion refuses an apiVersion without a version, or with more than a group beside it: for apimachinery such an object has no kind, and no server
// knows it.
func checkVersion(object map[string]interface{}) error {
	version, _ := object["apiVersion"].(string)
	if parsed, err := schema.ParseGroupVersion(version); err != nil || (version != "" && parsed.Version == "") {
		return fmt.Errorf("apiVersion must be <version> or <group>/<version>, got %q", version)
	}
	return nil
}

var errNoMap = errors.New("a Kubernetes object must be a map")
