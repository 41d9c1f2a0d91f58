package main

import (
	"bytes"
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// laterRevision draws the number of an upgrade that nobody can guess: what a chart renders to for it differs from the next upgrade in nothing but the
// number, or the number decides something.
func laterRevision() int { return 100_000_000 + rand.IntN(900_000_000) }

// sameButNumber says whether two renderings are the same objects, but for texts and numbers in which the one has the one revision and the other the
// other. The texts are not compared alone: in YAML a number can choose an anchor or indent a text.
func sameButNumber(one, other *rendered, revision, later int) bool {
	if one == other || maps.Equal(one.files, other.files) {
		return true
	}
	numbers := numbers{strconv.Itoa(revision), strconv.Itoa(later)}
	left, right := one.read().Documents, other.read().Documents
	return slices.EqualFunc(left, right, numbers.sameDocument)
}

// numbers are two revisions, as they are printed.
type numbers struct{ revision, later string }

func (n numbers) sameDocument(one, other document) bool {
	return one.Problem == "" && other.Problem == "" && len(one.Slips) == len(other.Slips) && slices.EqualFunc(one.Objects, other.Objects, n.sameObject)
}

func (n numbers) sameObject(one, other object) bool {
	return one.Within == other.Within && (bytes.Equal(one.Object, other.Object) || n.same(treeOf(one.Object), treeOf(other.Object)))
}

func treeOf(text []byte) (tree interface{}) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if decoder.Decode(&tree) != nil {
		return nil
	}
	return tree
}

func (n numbers) same(one, other interface{}) bool {
	switch one := one.(type) {
	case map[string]interface{}:
		other, ok := other.(map[string]interface{})
		return ok && maps.EqualFunc(one, other, n.same)
	case []interface{}:
		other, ok := other.([]interface{})
		return ok && slices.EqualFunc(one, other, n.same)
	case string:
		other, ok := other.(string)
		return ok && n.printed(one, other)
	case json.Number:
		other, ok := other.(json.Number)
		return ok && n.printed(string(one), string(other))
	default:
		return one == other
	}
}

func (n numbers) printed(one, other string) bool {
	return one == other || one == strings.ReplaceAll(other, n.later, n.revision)
}
