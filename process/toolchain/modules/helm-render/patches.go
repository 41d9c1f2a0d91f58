package main

import (
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// What clusters have after the minor of their version. Those with a hyphen are older than any release for semverCompare: such a cluster is rendered and
// judged (policy/render/alternatives.ts).
var (
	patches = []string{"0", "1", "3", "50", "99", "3+k3s1", "3+rke2r1"}
	vendors = []string{"3-gke.1000000", "3-eks-1234567", "3-aliyun.1"}
)

var (
	numberIn = regexp.MustCompile(`\d{1,8}`)
	wordIn   = regexp.MustCompile(`[A-Za-z][A-Za-z0-9]*`)
	patchIn  = regexp.MustCompile(`^[0-9A-Za-z.+-]+`)
)

// maxPatches bounds the calls with other versions, maxTexts the texts these are taken from: more than that is a question.
const (
	maxPatches = 500
	maxTexts   = 5_000
)

// byText are the functions that select by a text argument. The result of the others does not depend on the texts next to the version.
var byText = map[string]bool{"dig": true, "get": true, "omit": true, "pick": true, "pluck": true, "unset": true}

// patches gives what a function is asked with: what clusters have, and what the texts beside the version speak of, each once.
func (w *versionWatch) patches(name string, arguments []reflect.Value) []string {
	found := append([]string{}, patches...)
	compares := strings.HasPrefix(name, "semver")
	if !compares {
		found = append(found, vendors...)
	}
	if passing[name] && !byText[name] {
		return found
	}
	known := map[string]bool{}
	for _, patch := range found {
		known[patch] = true
	}
	add := func(more ...string) {
		for _, patch := range more {
			if !known[patch] {
				known[patch] = true
				found = append(found, patch)
			}
		}
	}
	var texts []string
	for _, one := range arguments {
		texts = textsIn(one.Interface(), texts)
	}
	for _, text := range texts {
		if strings.Contains(text, w.patch) {
			continue
		}
		if _, after, ok := strings.Cut(text, w.minor); ok {
			add(patchIn.FindString(after))
		}
		for _, digits := range numberIn.FindAllString(text, -1) {
			number, _ := strconv.Atoi(digits)
			add(strconv.Itoa(number), strconv.Itoa(number+1), strconv.Itoa(max(number-1, 0)))
		}
		if !compares {
			add("3"+text, text)
			for _, word := range wordIn.FindAllString(text, -1) {
				add("3-"+word, "3+"+word)
			}
		}
		if len(found) > maxPatches {
			break
		}
	}
	w.asked = w.asked || len(found) > maxPatches || len(texts) > maxTexts
	return found
}

// textsIn gives the texts in a value, and the keys of its maps.
func textsIn(value interface{}, found []string) []string {
	if len(found) > maxTexts {
		return found
	}
	switch value := value.(type) {
	case string:
		return append(found, value)
	case []string:
		return append(found, value...)
	case []interface{}:
		for _, one := range value {
			found = textsIn(one, found)
		}
	case map[string]interface{}:
		for key, one := range value {
			found = textsIn(one, append(found, key))
		}
	case map[string]string:
		for key, one := range value {
			found = append(found, key, one)
		}
	}
	return found
}

// isAbout says whether a value holds a text that follows from the version.
func (w *versionWatch) isAbout(value interface{}) bool { return w.isIn(value, maxDepth) }

// maxVisits bounds how many values are looked at in one rendering.
const maxVisits = 20_000_000

// goesOn says whether to look at a value: what lies too deep, or after too many others, is a question.
func (w *versionWatch) goesOn(depth int) bool {
	w.left--
	if depth > 0 && w.left >= 0 {
		return true
	}
	w.asked = true
	return false
}

func (w *versionWatch) isIn(value interface{}, depth int) bool {
	if !w.goesOn(depth) {
		return false
	}
	switch value := value.(type) {
	case string:
		_, known := w.texts[value]
		return known || strings.Contains(value, w.patch)
	case []string:
		for _, one := range value {
			if w.isIn(one, depth-1) {
				return true
			}
		}
	case []interface{}:
		for _, one := range value {
			if w.isIn(one, depth-1) {
				return true
			}
		}
	case map[string]interface{}:
		for _, one := range value {
			if w.isIn(one, depth-1) {
				return true
			}
		}
	case map[string]string:
		for _, one := range value {
			if w.isIn(one, depth-1) {
				return true
			}
		}
	}
	return w.isListed(value)
}

// isDerived says whether an argument, or one of several, is a text that a function made of the version, such as its hash: what it is compared with tells
// nothing of the versions it is meant for.
func (w *versionWatch) isDerived(argument reflect.Value) bool {
	switch value := argument.Interface().(type) {
	case string:
		_, known := w.texts[value]
		return known && !strings.Contains(value, w.patch)
	case []interface{}:
		return slices.ContainsFunc(value, func(one interface{}) bool { return one != nil && w.isDerived(reflect.ValueOf(one)) })
	default:
		return false
	}
}

func (w *versionWatch) isListed(value interface{}) bool {
	place := reflect.ValueOf(value)
	if kind := place.Kind(); kind != reflect.Slice && kind != reflect.Map {
		return false
	}
	_, known := w.lists[place.Pointer()]
	return known
}

// with gives a value as it is where the version is another one.
func (w *versionWatch) with(value interface{}, patch string) interface{} {
	return w.within(value, patch, maxDepth)
}

func (w *versionWatch) within(value interface{}, patch string, depth int) interface{} {
	if !w.goesOn(depth) {
		return value
	}
	if w.isListed(value) {
		return w.follow(w.lists[reflect.ValueOf(value).Pointer()], patch)
	}
	switch value := value.(type) {
	case string:
		if known, ok := w.texts[value]; ok {
			return w.follow(known, patch)
		}
		return strings.ReplaceAll(value, w.patch, patch)
	case []string:
		copied := make([]string, len(value))
		for index, one := range value {
			copied[index], _ = w.within(one, patch, depth-1).(string)
		}
		return copied
	case []interface{}:
		copied := make([]interface{}, len(value))
		for index, one := range value {
			copied[index] = w.within(one, patch, depth-1)
		}
		return copied
	case map[string]string:
		copied := make(map[string]string, len(value))
		for key, one := range value {
			copied[key], _ = w.within(one, patch, depth-1).(string)
		}
		return copied
	case map[string]interface{}:
		copied := make(map[string]interface{}, len(value))
		for key, one := range value {
			copied[key] = w.within(one, patch, depth-1)
		}
		return copied
	default:
		return value
	}
}
