package main

import (
	"fmt"
	"reflect"
	_ "unsafe" // for the link to sprig's functions

	_ "github.com/Masterminds/sprig/v3"

	"hardened/toolchain/helm-render/chartutil"
)

// sprigFunctions is the map Helm takes its template functions from, and takes anew for each render (helm pkg/engine/funcs.go).
//
//go:linkname sprigFunctions github.com/Masterminds/sprig/v3.genericMap
var sprigFunctions map[string]interface{}

// plain are sprig's functions, but what is left to chance is drawn once for all renderings of a request.
var plain = withDice(withKeys(sprigFunctions))

// passing are functions that hand a value on as it is: who looks at it later is noted then.
var passing = map[string]bool{
	"append": true, "coalesce": true, "concat": true, "deepCopy": true, "default": true, "dict": true, "dig": true, "first": true, "get": true,
	"initial": true, "last": true, "list": true, "merge": true, "mergeOverwrite": true, "mustAppend": true, "mustDeepCopy": true,
	"mustFirst": true, "mustInitial": true, "mustLast": true, "mustMerge": true, "mustMergeOverwrite": true, "mustPrepend": true,
	"mustPush": true, "mustRest": true, "mustReverse": true, "omit": true, "pick": true, "pluck": true, "prepend": true, "push": true,
	"rest": true, "reverse": true, "set": true, "ternary": true, "tuple": true, "unset": true, "values": true,
}

// shallow are functions that look at the kind of a value or at the keys of a map, and at no value in it.
var shallow = map[string]bool{
	"empty": true, "hasKey": true, "keys": true, "kindIs": true, "kindOf": true, "typeIs": true, "typeIsLike": true, "typeOf": true,
}

// watched are sprig's functions with a look at each argument: a function that reads the revision or the list of APIs notes it.
var watched = func() map[string]interface{} {
	functions := make(map[string]interface{}, len(plain))
	for name, function := range plain {
		if value := reflect.ValueOf(function); !passing[name] && value.Kind() == reflect.Func {
			function = watch(value, !shallow[name])
		}
		functions[name] = function
	}
	// Of the functions of text/template itself, those that print: "%T" tells the type of a value without asking it.
	functions["print"] = watch(reflect.ValueOf(fmt.Sprint), true)
	functions["printf"] = watch(reflect.ValueOf(fmt.Sprintf), true)
	functions["println"] = watch(reflect.ValueOf(fmt.Sprintln), true)
	has := functions["has"]
	for _, name := range []string{"has", "mustHas"} {
		functions[name] = func(needle, haystack interface{}) (interface{}, error) {
			if apis, ok := haystack.(chartutil.VersionSet); ok {
				api, isText := needle.(string)
				return isText && apis.Has(api), nil
			}
			results := reflect.ValueOf(has).Call([]reflect.Value{orNil(needle), orNil(haystack)})
			return results[0].Interface(), nil
		}
	}
	return functions
}()

func orNil(value interface{}) reflect.Value {
	if value == nil {
		return reflect.Zero(reflect.TypeFor[interface{}]())
	}
	return reflect.ValueOf(value)
}

func watch(function reflect.Value, deep bool) interface{} {
	kind := function.Type()
	return reflect.MakeFunc(kind, func(arguments []reflect.Value) []reflect.Value {
		for _, argument := range arguments {
			if !deep && argument.Kind() == reflect.Slice {
				for index := range argument.Len() { // what follows the others: keys takes several maps
					looks.touch(argument.Index(index), 0)
				}
			} else if deep {
				looks.touch(argument, maxDepth)
			} else {
				looks.touch(argument, 0)
			}
		}
		if kind.IsVariadic() {
			return function.CallSlice(arguments)
		}
		return function.Call(arguments)
	}).Interface()
}

// Bounds of the look into what functions are given: how deep it goes, and how many values it sees in one rendering. What lies beyond is told.
const (
	maxDepth = 200
	maxLooks = 2_000_000
)

// tooMuch names what is told where a chart gives its functions more than can be looked into.
const tooMuch = "Capabilities or Release, in values too large or too deep to be followed"

// look counts the values that were looked at in a rendering.
type look struct{ left int }

var looks = &look{}

// touch notes a look at a value, and at what lies in the lists and maps around it.
func (l *look) touch(value reflect.Value, depth int) {
	for value.IsValid() && value.Kind() == reflect.Interface {
		value = value.Elem()
	}
	if !value.IsValid() || !value.CanInterface() {
		return
	}
	if value.Type() == reflect.TypeFor[*chartutil.Capabilities]() {
		if depth > 0 && !value.IsNil() {
			chartutil.Capabilities{}.Touch()
		}
		return
	}
	switch value.Kind() {
	case reflect.Struct:
		if inner, ok := value.Interface().(reflect.Value); ok {
			l.touch(inner, depth)
		} else if one, ok := value.Interface().(chartutil.Touchable); ok {
			one.Touch()
		}
	case reflect.Slice, reflect.Array:
		if mayHold(value.Type().Elem()) && l.goesOn(value.Len(), depth) {
			for index := range value.Len() {
				l.touch(value.Index(index), depth-1)
			}
		}
	case reflect.Map:
		if mayHold(value.Type().Elem()) && l.goesOn(value.Len(), depth) {
			for entries := value.MapRange(); entries.Next(); {
				l.touch(entries.Value(), depth-1)
			}
		}
	}
}

// goesOn says whether to look at a number of values inside another one. A function that looks at no inner value begins with the depth 0.
func (l *look) goesOn(count, depth int) bool {
	if depth == 0 || count == 0 {
		return false
	}
	l.left -= count
	if depth == 1 || l.left < 0 {
		chartutil.Ask(tooMuch)
		return false
	}
	return true
}

func mayHold(kind reflect.Type) bool {
	switch kind.Kind() {
	case reflect.Interface, reflect.Struct, reflect.Map, reflect.Slice, reflect.Array, reflect.Pointer:
		return true
	default:
		return false
	}
}

// with runs a render with other template functions than sprig's. Charts are rendered one at a time, so no other render gets them.
func with[T any](functions map[string]interface{}, run func() (T, error)) (T, error) {
	sprigFunctions = functions
	defer func() { sprigFunctions = plain }()
	return run()
}
