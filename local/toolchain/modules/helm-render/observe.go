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

// plain are sprig's functions with keys that are generated once.
var plain = withKeys(sprigFunctions)

// passing are functions that hand a value on as it is: who looks at it later is noted then.
var passing = map[string]bool{
	"append": true, "coalesce": true, "concat": true, "deepCopy": true, "default": true, "dict": true, "dig": true, "first": true, "get": true,
	"initial": true, "last": true, "list": true, "merge": true, "mergeOverwrite": true, "mustAppend": true, "mustDeepCopy": true,
	"mustFirst": true, "mustInitial": true, "mustLast": true, "mustMerge": true, "mustMergeOverwrite": true, "mustPrepend": true,
	"mustPush": true, "mustRest": true, "mustReverse": true, "omit": true, "pick": true, "pluck": true, "prepend": true, "push": true,
	"rest": true, "reverse": true, "set": true, "ternary": true, "tuple": true, "unset": true, "values": true,
}

// watched are sprig's functions with a look at each argument: a function that reads the revision or the list of APIs notes it.
var watched = func() map[string]interface{} {
	functions := make(map[string]interface{}, len(plain))
	for name, function := range plain {
		if value := reflect.ValueOf(function); !passing[name] && value.Kind() == reflect.Func {
			function = watch(value)
		}
		functions[name] = function
	}
	// Of the functions of text/template itself, those that print: "%T" tells the type of a value without asking it.
	functions["print"] = watch(reflect.ValueOf(fmt.Sprint))
	functions["printf"] = watch(reflect.ValueOf(fmt.Sprintf))
	functions["println"] = watch(reflect.ValueOf(fmt.Sprintln))
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

func watch(function reflect.Value) interface{} {
	kind := function.Type()
	return reflect.MakeFunc(kind, func(arguments []reflect.Value) []reflect.Value {
		for _, argument := range arguments {
			touch(argument, 2)
		}
		if kind.IsVariadic() {
			return function.CallSlice(arguments)
		}
		return function.Call(arguments)
	}).Interface()
}

// maxElements bounds the look into a list or map that a function is given.
const maxElements = 64

// touch notes a look at a value, and at what lies in the lists and maps around it.
func touch(value reflect.Value, depth int) {
	for value.IsValid() && value.Kind() == reflect.Interface {
		if value.Type() == reflect.TypeFor[reflect.Value]() {
			break
		}
		value = value.Elem()
	}
	if !value.IsValid() || !value.CanInterface() {
		return
	}
	switch value.Kind() {
	case reflect.Struct:
		if inner, ok := value.Interface().(reflect.Value); ok {
			touch(inner, depth)
		} else if one, ok := value.Interface().(chartutil.Touchable); ok {
			one.Touch()
		}
	case reflect.Slice, reflect.Array:
		if depth > 0 && value.Len() <= maxElements && mayHold(value.Type().Elem()) {
			for index := range value.Len() {
				touch(value.Index(index), depth-1)
			}
		}
	case reflect.Map:
		if depth > 0 && value.Len() <= maxElements && mayHold(value.Type().Elem()) {
			for entries := value.MapRange(); entries.Next(); {
				touch(entries.Value(), depth-1)
			}
		}
	}
}

func mayHold(kind reflect.Type) bool {
	return kind.Kind() == reflect.Interface || kind.Kind() == reflect.Struct
}

// with runs a render with other template functions than sprig's. Charts are rendered one at a time, so no other render gets them.
func with[T any](functions map[string]interface{}, run func() (T, error)) (T, error) {
	sprigFunctions = functions
	defer func() { sprigFunctions = plain }()
	return run()
}
