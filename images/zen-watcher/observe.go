package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// severities, the least first.
var severities = []string{"info", "low", "medium", "high", "critical"}

// mostText is the length of a message, in characters.
const mostText = 1024

var noEventType = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// observe gives what a mapping makes of an object; false when it is none of the mapping's.
func observe(m mapping, object *unstructured.Unstructured) (observation, bool) {
	for _, one := range m.Where {
		if !slices.Contains(one.In, text(object, one.Path)) {
			return observation{}, false
		}
	}
	eventType := strings.Trim(noEventType.ReplaceAllString(value(m.EventType, object), "-"), "._-")
	seen := observation{
		Source:     m.SourceName,
		Category:   strings.ToLower(value(m.Category, object)),
		Severity:   severity(m.Severity, object),
		EventType:  cut(eventType, 128),
		Message:    cut(value(m.Message, object), mostText),
		Resource:   about(m.Subject, object),
		DetectedAt: object.GetCreationTimestamp().UTC().Format(time.RFC3339),
		TTL:        m.TTL,
	}
	return seen, seen.EventType != "" && seen.Resource.Name != ""
}

// name is the same for the same finding, in every replica and at every repetition: of a source about an object, of a type and a severity.
func (o observation) name() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%s\n%v", o.Source, o.EventType, o.Severity, o.Resource))
	return fmt.Sprintf("%s-%s", o.Source, hex.EncodeToString(sum[:8]))
}

// isOver tells whether its time is over already: an old object, seen again after a restart.
func (o observation) isOver(now time.Time) bool {
	detected, err := time.Parse(time.RFC3339, o.DetectedAt)
	return err == nil && o.TTL > 0 && detected.Add(time.Duration(o.TTL)*time.Second).Before(now)
}

// passes tells whether all filters of its source let it be recorded.
func (o observation) passes(all []filter) bool {
	for _, one := range all {
		if one.TargetSource != "*" && one.TargetSource != o.Source {
			continue
		}
		if slices.Index(severities, o.Severity) < slices.Index(severities, one.MinSeverity) ||
			!listed(o.Category, one.IncludeCategories, one.ExcludeCategories) ||
			!listed(o.EventType, one.IncludeEventTypes, one.ExcludeEventTypes) ||
			!listed(o.Resource.Namespace, one.IncludeNamespaces, one.ExcludeNamespaces) {
			return false
		}
	}
	return true
}

func listed(word string, include, exclude []string) bool {
	return (len(include) == 0 || slices.Contains(include, word)) && !slices.Contains(exclude, word)
}

// value is what the field's path leads to, translated where the field says so, else the default.
func value(f field, object *unstructured.Unstructured) string {
	found := text(object, f.Path)
	if translated, ok := f.Values[found]; ok {
		return translated
	}
	if found == "" || len(f.Values) > 0 {
		return f.Default
	}
	return found
}

// severity takes a word that is a severity as it is.
func severity(f field, object *unstructured.Unstructured) string {
	if _, translated := f.Values[text(object, f.Path)]; !translated {
		if word := strings.ToLower(text(object, f.Path)); slices.Contains(severities, word) {
			return word
		}
	}
	if word := strings.ToLower(value(f, object)); slices.Contains(severities, word) {
		return word
	}
	return f.Default
}

// about is the object that the field's path leads to, else the object itself.
func about(f field, object *unstructured.Unstructured) subject {
	if f.Path != "" {
		found, _, _ := unstructured.NestedFieldNoCopy(object.Object, strings.Split(f.Path, ".")...)
		written, _ := json.Marshal(found)
		var named subject
		if json.Unmarshal(written, &named) == nil && named.Kind != "" && named.Name != "" {
			return named
		}
	}
	return subject{
		APIVersion: object.GetAPIVersion(), Kind: object.GetKind(), Namespace: object.GetNamespace(),
		Name: object.GetName(), UID: string(object.GetUID()),
	}
}

// text is what a path leads to as text; empty for what is not there, or is no text, number or boolean.
func text(object *unstructured.Unstructured, path string) string {
	if path == "" {
		return ""
	}
	found, _, _ := unstructured.NestedFieldNoCopy(object.Object, strings.Split(path, ".")...)
	switch found.(type) {
	case string, bool, int64, float64:
		return fmt.Sprint(found)
	}
	return ""
}

func cut(words string, most int) string {
	if letters := []rune(words); len(letters) > most {
		return string(letters[:most])
	}
	return words
}
