package main

import (
	"bytes"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
	"sigs.k8s.io/structured-merge-diff/v6/value"
)

// fieldsOf gives the fields of an object that the agent has applied, and those that anyone else manages.
func fieldsOf(object *unstructured.Unstructured) (own, others *fieldpath.Set) {
	own, others = fieldpath.NewSet(), fieldpath.NewSet()
	for _, entry := range object.GetManagedFields() {
		if entry.FieldsV1 == nil {
			continue
		}
		var fields fieldpath.Set
		if fields.FromJSON(bytes.NewReader(entry.FieldsV1.Raw)) != nil {
			continue
		}
		if entry.Manager == manager && entry.Operation == metav1.ManagedFieldsOperationApply && entry.Subresource == "" {
			own = own.Union(&fields)
		} else {
			others = others.Union(&fields)
		}
	}
	return own, others
}

// extract gives of a value what a set of fields names, as it would be applied; nil when nothing of it is there.
func extract(from any, fields *fieldpath.Set) any {
	switch live := from.(type) {
	case map[string]any:
		found := map[string]any{}
		for name, one := range live {
			element := fieldpath.FieldNameElement(name)
			if children, ok := fields.Children.Get(element); ok {
				if inner := extract(one, children); inner != nil {
					found[name] = inner
				}
			} else if fields.Members.Has(element) {
				found[name] = runtime.DeepCopyJSONValue(one)
			}
		}
		if len(found) > 0 {
			return found
		}
	case []any:
		var found []any
		for _, item := range live {
			if one := extractItem(item, fields); one != nil {
				found = append(found, one)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// extractItem gives of an item of a list what the fields name: the item with its keys, or the item itself in a set.
func extractItem(item any, fields *fieldpath.Set) any {
	for element, children := range itemsOf(fields) {
		if element.Value != nil && value.Equals(*element.Value, value.NewValueInterface(item)) {
			return item
		}
		live, ok := item.(map[string]any)
		if element.Key == nil || !ok || !hasKeys(live, *element.Key) {
			continue
		}
		found, _ := extract(item, children).(map[string]any)
		if found == nil {
			if !fields.Members.Has(*element) {
				return nil
			}
			found = map[string]any{}
		}
		for _, key := range *element.Key {
			found[key.Name] = live[key.Name]
		}
		return found
	}
	return nil
}

// itemsOf gives the items that a set of fields names, each with what it names in it.
func itemsOf(fields *fieldpath.Set) map[*fieldpath.PathElement]*fieldpath.Set {
	all := map[*fieldpath.PathElement]*fieldpath.Set{}
	fields.Members.Iterate(func(element fieldpath.PathElement) {
		if _, both := fields.Children.Get(element); !both {
			all[&element] = fieldpath.NewSet()
		}
	})
	fields.Children.Iterate(func(element fieldpath.PathElement) {
		if children, ok := fields.Children.Get(element); ok {
			all[&element] = children
		}
	})
	return all
}

func hasKeys(item map[string]any, keys value.FieldList) bool {
	return !slices.ContainsFunc(keys, func(key value.Field) bool {
		given, ok := item[key.Name]
		return !ok || !value.Equals(key.Value, value.NewValueInterface(given))
	})
}

// overlay gives what is applied when a patch comes on top of what the agent has applied before: an apply that left that out would
// take it back. The fields say by which keys items of a list are told apart.
func overlay(base, patch any, fields *fieldpath.Set) any {
	before, isMap := base.(map[string]any)
	after, alsoMap := patch.(map[string]any)
	if isMap && alsoMap {
		merged := runtime.DeepCopyJSON(before)
		for name, one := range after {
			children, ok := fields.Children.Get(fieldpath.FieldNameElement(name))
			if kept, there := merged[name]; there && ok {
				one = overlay(kept, one, children)
			}
			merged[name] = one
		}
		return merged
	}
	kept, isList := base.([]any)
	items, alsoList := patch.([]any)
	if !isList || !alsoList {
		return patch
	}
	rest := slices.Clone(items)
	var merged []any
	for _, one := range kept {
		element, children := elementOf(one, fields)
		if element == nil {
			continue
		}
		if at := slices.IndexFunc(rest, func(item any) bool { return matches(element, item) }); at >= 0 {
			if element.Key != nil {
				one = overlay(one, rest[at], children)
			}
			rest = slices.Delete(rest, at, at+1)
		}
		merged = append(merged, one)
	}
	return append(merged, rest...)
}

func elementOf(item any, fields *fieldpath.Set) (*fieldpath.PathElement, *fieldpath.Set) {
	for element, children := range itemsOf(fields) {
		if matches(element, item) {
			return element, children
		}
	}
	return nil, nil
}

func matches(element *fieldpath.PathElement, item any) bool {
	switch live, isMap := item.(map[string]any); {
	case element == nil:
		return false
	case element.Value != nil:
		return value.Equals(*element.Value, value.NewValueInterface(item))
	default:
		return element.Key != nil && isMap && hasKeys(live, *element.Key)
	}
}
