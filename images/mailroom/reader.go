package main

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// reader takes values out of a YAML tree and remembers every mistake with its key and line.
type reader struct{ mistakes []string }

func (r *reader) wrong(node *yaml.Node, path, format string, args ...any) {
	where := path
	if node != nil {
		where = fmt.Sprintf("line %d: %s", node.Line, path)
	}
	r.mistakes = append(r.mistakes, where+" "+fmt.Sprintf(format, args...))
}

// absent is true for a key that is left out or has no value; an alias stands for what it points to.
func absent(node *yaml.Node) bool { return node == nil || node.Tag == "!!null" }

func resolve(node *yaml.Node) *yaml.Node {
	for node != nil && node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	return node
}

// object returns the values of a mapping by key; keys other than the known ones are mistakes.
func (r *reader) object(node *yaml.Node, path string, known ...string) map[string]*yaml.Node {
	values := map[string]*yaml.Node{}
	if absent(node) {
		return values
	}
	if node.Kind != yaml.MappingNode {
		r.wrong(node, or(path, "the file"), "must be an object with the keys %s, got %s", strings.Join(known, ", "), shown(node))
		return values
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, full := node.Content[i], strings.TrimPrefix(path+"."+node.Content[i].Value, ".")
		if _, twice := values[key.Value]; twice {
			r.wrong(key, full, "is given twice")
		} else if !slices.Contains(known, key.Value) {
			r.wrong(key, full, "is not a known key; %s", nearest(key.Value, known))
		}
		values[key.Value] = resolve(node.Content[i+1])
	}
	return values
}

func (r *reader) text(node *yaml.Node, path, fallback string) string {
	if node == nil {
		return fallback
	}
	if node.Tag != "!!str" || strings.TrimSpace(node.Value) == "" {
		r.wrong(node, path, "must be text that is not empty, got %s", shown(node))
		return fallback
	}
	return node.Value
}

func (r *reader) choice(node *yaml.Node, path, fallback string, allowed ...string) string {
	value := r.text(node, path, fallback)
	if !slices.Contains(allowed, value) {
		r.wrong(node, path, "must be one of %s, got %q", strings.Join(allowed, ", "), value)
		return fallback
	}
	return value
}

func (r *reader) seconds(node *yaml.Node, path string, fallback, low, high int) int {
	if absent(node) {
		return fallback
	}
	value, err := strconv.Atoi(node.Value)
	if node.Tag != "!!int" || err != nil || value < low || value > high {
		r.wrong(node, path, "must be a whole number of seconds from %d to %d, got %s", low, high, shown(node))
		return fallback
	}
	return value
}

func (r *reader) flag(node *yaml.Node, path string, fallback bool) bool {
	if absent(node) {
		return fallback
	}
	if node.Tag != "!!bool" {
		r.wrong(node, path, "must be true or false, got %s", shown(node))
	}
	return strings.EqualFold(node.Value, "true")
}

// url takes an absolute http or https address. One with a password in it is refused and never repeated.
func (r *reader) url(node *yaml.Node, path, fallback string) string {
	value := r.text(node, path, fallback)
	parsed, err := url.Parse(value)
	if err == nil && parsed.User != nil {
		r.wrong(node, path, "must not hold a user or password; credentials come from the environment")
	} else if err != nil || (parsed.Scheme != "http" && parsed.Scheme != "https") || parsed.Host == "" {
		r.wrong(node, path, "must be an http or https address, for example %s", fallback)
	}
	return value
}

func shown(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "an object"
	case yaml.SequenceNode:
		return "a list"
	}
	if node.Tag == "!!null" {
		return "nothing"
	}
	return strconv.Quote(node.Value)
}

func or(text, fallback string) string {
	if text == "" {
		return fallback
	}
	return text
}
