package main

import (
	"errors"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// changeOf reads the patch of a remediation: the fields of its target that are applied. A patch that says it is another object, or that
// goes beyond what a remediation may change, is refused with a sentence.
func changeOf(spec remediation) (map[string]any, error) {
	if spec.Target.Kind == "Secret" {
		return nil, refuse("target", "a Secret is never changed by a remediation")
	}
	if strings.HasPrefix(spec.Target.APIVersion, group+"/") {
		return nil, refuse("target", "objects of %s are never changed by a remediation", group)
	}
	if _, err := onlyDocument(spec.Patch); errors.Is(err, errSeveral) {
		return nil, refuse("patch", "the patch has more than one document")
	}
	change := map[string]any{}
	if err := yaml.UnmarshalStrict([]byte(spec.Patch), &change, yaml.DisallowUnknownFields); err != nil {
		return nil, refuse("patch", "the patch is no YAML object: %v", err)
	}
	for key, want := range map[string]string{"apiVersion": spec.Target.APIVersion, "kind": spec.Target.Kind} {
		if given, ok := change[key]; ok && given != want {
			return nil, refuse("patch", "the patch has %s %v, and the target %s", key, given, want)
		}
		delete(change, key)
	}
	if _, ok := change["status"]; ok {
		return nil, refuse("patch", "the patch has a status, which is said by the cluster alone")
	}
	if metadata, ok := change["metadata"]; ok {
		if err := checkMetadata(metadata, spec.Target); err != nil {
			return nil, err
		}
	}
	if len(change) == 0 {
		return nil, refuse("patch", "the patch sets nothing")
	}
	return wholeNumbers(change).(map[string]any), nil
}

// checkMetadata lets labels and annotations pass, and the name and namespace of the target.
func checkMetadata(given any, target subject) error {
	metadata, ok := given.(map[string]any)
	if !ok {
		return refuse("patch", "metadata of the patch is no object")
	}
	for key, one := range metadata {
		switch {
		case key == "labels" || key == "annotations":
		case key == "name" && one == target.Name, key == "namespace" && one == target.Namespace:
		default:
			return refuse("patch", "the patch has metadata.%s %v; only labels and annotations of the target can be changed", key, one)
		}
	}
	return nil
}

// wholeNumbers makes the whole numbers of YAML those of the API.
func wholeNumbers(given any) any {
	switch one := given.(type) {
	case map[string]any:
		for key, inner := range one {
			one[key] = wholeNumbers(inner)
		}
	case []any:
		for at, inner := range one {
			one[at] = wholeNumbers(inner)
		}
	case float64:
		if whole := int64(one); float64(whole) == one {
			return whole
		}
	}
	return given
}

// objectOf makes an object for an apply out of a target and fields.
func objectOf(target subject, fields any) *unstructured.Unstructured {
	content, _ := fields.(map[string]any)
	object := &unstructured.Unstructured{Object: map[string]any{}}
	for key, one := range content {
		object.Object[key] = one
	}
	metadata, _ := object.Object["metadata"].(map[string]any)
	object.Object["metadata"] = map[string]any{}
	for _, key := range []string{"labels", "annotations"} {
		if one, ok := metadata[key]; ok {
			_ = unstructured.SetNestedField(object.Object, one, "metadata", key)
		}
	}
	object.SetAPIVersion(target.APIVersion)
	object.SetKind(target.Kind)
	object.SetNamespace(target.Namespace)
	object.SetName(target.Name)
	return object
}
