package main

import (
	"fmt"
	"hash/maphash"
	"reflect"
	"slices"
	"strings"
)

// A chart is rendered several times for one request, and the texts are compared: chance must not make them differ. What a function draws is drawn once
// and given again in the next rendering, for the same call in the same order. Within a rendering each call draws anew, as in Helm, and so does the next
// request: a chart finds no sign of this.
var dice = &drawn{}

type drawn struct {
	results map[string][]reflect.Value
	counts  map[string]int
	seed    maphash.Seed
}

// newRequest forgets all that was drawn; newRendering begins a rendering, which is given the same again.
func (d *drawn) newRequest() {
	d.results, d.seed = map[string][]reflect.Value{}, maphash.MakeSeed()
	d.newRendering()
}

func (d *drawn) newRendering() { d.counts = map[string]int{} }

// next numbers a call.
func (d *drawn) next(call string) string {
	count := d.counts[call]
	d.counts[call]++
	return fmt.Sprintf("%s #%d", call, count)
}

// drawing are sprig's functions whose result is left to chance or to the clock.
var drawing = []string{
	"ago", "bcrypt", "date", "dateInZone", "date_in_zone", "encryptAES", "genCA", "genCAWithKey", "genSelfSignedCert", "genSelfSignedCertWithKey",
	"genSignedCert", "genSignedCertWithKey", "htmlDate", "htmlDateInZone", "htpasswd", "now", "randAlpha", "randAlphaNum", "randAscii", "randBytes",
	"randInt", "randNumeric", "shuffle", "uuidv4",
}

// withDice puts functions whose results are drawn once in place of sprig's. "keys" and "values" give the entries of a map in the order Go has them,
// which is another each time.
func withDice(functions map[string]interface{}) map[string]interface{} {
	for _, name := range drawing {
		if function := reflect.ValueOf(functions[name]); function.IsValid() {
			functions[name] = drawnOnce(name, function)
		}
	}
	functions["keys"] = func(maps ...map[string]interface{}) []string {
		call := dice.next("keys")
		found := []string{}
		for _, one := range maps {
			found = append(found, dice.order(call, one)...)
		}
		return found
	}
	functions["values"] = func(entries map[string]interface{}) []interface{} {
		found := []interface{}{}
		for _, key := range dice.order(dice.next("values"), entries) {
			found = append(found, entries[key])
		}
		return found
	}
	return functions
}

func drawnOnce(name string, function reflect.Value) interface{} {
	kind := function.Type()
	return reflect.MakeFunc(kind, func(arguments []reflect.Value) []reflect.Value {
		call := name
		for _, argument := range arguments {
			call += fmt.Sprintf(" %#v", argument)
		}
		call = dice.next(call)
		known, ok := dice.results[call]
		if !ok {
			known = function.Call(arguments)
			dice.results[call] = known
		}
		return known
	}).Interface()
}

// order gives the keys of a map in an order of their own for each call.
func (d *drawn) order(call string, entries map[string]interface{}) []string {
	type ranked struct {
		key  string
		rank uint64
	}
	all := make([]ranked, 0, len(entries))
	for key := range entries {
		all = append(all, ranked{key, maphash.String(d.seed, call+"\x00"+key)})
	}
	slices.SortFunc(all, func(one, other ranked) int {
		switch {
		case one.rank < other.rank:
			return -1
		case one.rank > other.rank:
			return 1
		default:
			return strings.Compare(one.key, other.key)
		}
	})
	found := make([]string, len(all))
	for index, one := range all {
		found[index] = one.key
	}
	return found
}
