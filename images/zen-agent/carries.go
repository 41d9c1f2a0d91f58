package main

import (
	"slices"

	"k8s.io/apimachinery/pkg/api/resource"
)

// carries tells whether a live value has everything that a change sets. Items of lists are found in any place; quantities are compared
// as such: 0.5 is 500m.
func carries(live, change any) bool {
	switch want := change.(type) {
	case map[string]any:
		has, ok := live.(map[string]any)
		for key, one := range want {
			ok = ok && carries(has[key], one)
		}
		return ok
	case []any:
		has, ok := live.([]any)
		for _, one := range want {
			ok = ok && slices.ContainsFunc(has, func(item any) bool { return carries(item, one) })
		}
		return ok
	case string:
		return live == want || sameQuantity(live, want)
	}
	if has, ok := numeric(live); ok {
		want, is := numeric(change)
		return is && has == want
	}
	return live == change
}

func sameQuantity(live any, want string) bool {
	text, ok := live.(string)
	if !ok {
		return false
	}
	has, err := resource.ParseQuantity(text)
	if err != nil {
		return false
	}
	wants, err := resource.ParseQuantity(want)
	return err == nil && has.Cmp(wants) == 0
}

func numeric(given any) (float64, bool) {
	switch one := given.(type) {
	case int64:
		return float64(one), true
	case float64:
		return one, true
	}
	return 0, false
}
