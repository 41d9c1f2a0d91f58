package main

import (
	"reflect"

	helm "helm.sh/helm/v3/pkg/chartutil"
)

// copier copies values. What stands in several places of the original stands in the same places of the copy: a template that changes it in one place
// sees the change in the others.
type copier struct{ known map[uintptr]interface{} }

func (c *copier) copy(value interface{}) interface{} {
	switch value := value.(type) {
	case helm.Values:
		return helm.Values(c.copyMap(value))
	case map[string]interface{}:
		return c.copyMap(value)
	case []interface{}:
		if value == nil {
			return value
		}
		copied := make([]interface{}, len(value))
		for index, item := range value {
			copied[index] = c.copy(item)
		}
		return copied
	default:
		return value
	}
}

func (c *copier) copyMap(value map[string]interface{}) map[string]interface{} {
	if value == nil {
		return nil
	}
	at := reflect.ValueOf(value).Pointer()
	if known, ok := c.known[at]; ok {
		return known.(map[string]interface{})
	}
	copied := make(map[string]interface{}, len(value))
	if c.known == nil {
		c.known = map[uintptr]interface{}{}
	}
	c.known[at] = copied
	for key, item := range value {
		copied[key] = c.copy(item)
	}
	return copied
}
