package main

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	kyaml "sigs.k8s.io/yaml"
)

var separator = regexp.MustCompile(`(?m)^---[ \t]*\n`)

// intoManifest sets the fields of a change in a file of YAML that holds the target and nothing else, and leaves everything else as it is,
// comments too. Items of a list that have names are told apart by them; any other list is replaced.
func intoManifest(file string, target subject, change map[string]any) (string, error) {
	if err := checkManifest(file, target); err != nil {
		return "", err
	}
	if text, is := substituted(change); is {
		return "", refuse("patch", "%q would be replaced by what delivers the file; a commit sets what is meant literally", cut(text, 60))
	}
	head := ""
	if at := separator.FindStringIndex(file); at != nil {
		head, file = file[:at[1]], file[at[1]:]
	}
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(file), &document); err != nil {
		return "", refuse("manifest", "the file is no YAML: %v", err)
	}
	for key := range change {
		if key != "metadata" && key != "spec" && keyIn(document.Content[0], key) < 0 {
			return "", refuse("patch", "the file has no %s; a commit sets metadata, spec and what the file has", key)
		}
	}
	if err := setNode(document.Content[0], change); err != nil {
		return "", err
	}
	text, err := written(&document, isCompact(file))
	if err != nil {
		return "", err
	}
	return head + text, checkManifest(head+text, target)
}

// checkManifest says why a file is not that of a target: it has to hold one document, which is that object by its apiVersion, kind,
// namespace and name, and in which nothing stands for something else.
func checkManifest(file string, target subject) error {
	document, err := onlyDocument(file)
	switch {
	case errors.Is(err, errSeveral):
		return refuse("manifest", "the file has more than one document; a remediation changes a file of one object")
	case err != nil:
		return refuse("manifest", "the file is no YAML: %v", err)
	case document == nil || document.Kind == yaml.ScalarNode && document.Tag == "!!null":
		return refuse("manifest", "the file has no object")
	case !isManifestOf(document, target):
		return refuse("manifest", "the file is not of %s: apiVersion, kind, namespace and name have to be there and the same", target)
	case hasAnchors(document):
		return refuse("manifest", "the file has anchors or aliases: a change in one place would be one in others")
	case hasMerges(document):
		return refuse("manifest", "the file has a key <<, which readers of YAML take for different things")
	case keyIn(document, "items") >= 0:
		return refuse("manifest", "the file has items, which makes it a list of objects")
	case !isReadAs(file, target):
		return refuse("manifest", "the file is another object to who reads it as YAML 1.1; it has to be %s to everybody", target)
	}
	return nil
}

// hasMerges tells whether a key is, or looks like, the merge key of YAML 1.1.
func hasMerges(node *yaml.Node) bool {
	if node.Kind == yaml.MappingNode && keyIn(node, "<<") >= 0 {
		return true
	}
	return slices.ContainsFunc(node.Content, hasMerges)
}

// isReadAs tells whether the file is of a target as kubectl, Argo CD and Flux read it.
func isReadAs(file string, target subject) bool {
	var object unstructured.Unstructured
	if kyaml.Unmarshal([]byte(file), &object.Object) != nil {
		return false
	}
	return !object.IsList() && object.GetAPIVersion() == target.APIVersion && object.GetKind() == target.Kind &&
		object.GetName() == target.Name && object.GetNamespace() == target.Namespace
}

// placeholders begin what tools that deliver a file put something else for: Helm, Flux' substitution, plugins of Argo CD.
var placeholders = []string{"{{", "${", "<path:"}

// substituted gives a text of a change that would not be delivered as it is.
func substituted(given any) (string, bool) {
	switch one := given.(type) {
	case string:
		return one, slices.ContainsFunc(placeholders, func(begin string) bool { return strings.Contains(one, begin) })
	case map[string]any:
		for _, key := range sortedKeys(one) {
			for _, part := range []any{key, one[key]} {
				if text, is := substituted(part); is {
					return text, true
				}
			}
		}
	case []any:
		for _, item := range one {
			if text, is := substituted(item); is {
				return text, true
			}
		}
	}
	return "", false
}

var errSeveral = errors.New("more than one document")

// onlyDocument gives the one document of a text of YAML; nil when there is none.
func onlyDocument(text string) (*yaml.Node, error) {
	decoder := yaml.NewDecoder(strings.NewReader(text))
	var document, more yaml.Node
	if err := decoder.Decode(&document); errors.Is(err, io.EOF) || err == nil && len(document.Content) == 0 {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	if err := decoder.Decode(&more); err == nil {
		return nil, errSeveral
	} else if !errors.Is(err, io.EOF) {
		return nil, err
	}
	return document.Content[0], nil
}

func hasAnchors(node *yaml.Node) bool {
	return node.Anchor != "" || node.Kind == yaml.AliasNode || slices.ContainsFunc(node.Content, hasAnchors)
}

func isManifestOf(node *yaml.Node, target subject) bool {
	var head struct {
		APIVersion string `yaml:"apiVersion"`
		Kind       string `yaml:"kind"`
		Metadata   struct {
			Name      string `yaml:"name"`
			Namespace string `yaml:"namespace"`
		} `yaml:"metadata"`
	}
	if node.Decode(&head) != nil {
		return false
	}
	return head.APIVersion == target.APIVersion && head.Kind == target.Kind && head.Metadata.Name == target.Name &&
		head.Metadata.Namespace == target.Namespace
}

// setNode sets a value, keeping what the change does not name.
func setNode(node *yaml.Node, change any) error {
	if fields, ok := change.(map[string]any); ok && node.Kind == yaml.MappingNode {
		for _, key := range sortedKeys(fields) {
			at := keyIn(node, key)
			if at < 0 {
				at = len(node.Content)
				var name yaml.Node // quoted where it would be read as anything but a text
				if err := name.Encode(key); err != nil {
					return err
				}
				node.Content = append(node.Content, &name, &yaml.Node{})
			}
			if err := setNode(node.Content[at+1], fields[key]); err != nil {
				return err
			}
		}
		return nil
	}
	if items, ok := change.([]any); ok && node.Kind == yaml.SequenceNode && allNamed(items) {
		for _, item := range items {
			named := item.(map[string]any)
			at := slices.IndexFunc(node.Content, func(one *yaml.Node) bool { return nameOf(one) == named["name"] })
			if at < 0 {
				at = len(node.Content)
				node.Content = append(node.Content, &yaml.Node{})
			}
			if err := setNode(node.Content[at], item); err != nil {
				return err
			}
		}
		return nil
	}
	var next yaml.Node
	if err := next.Encode(change); err != nil {
		return err
	}
	next.HeadComment, next.LineComment, next.FootComment = node.HeadComment, node.LineComment, node.FootComment
	*node = next
	return nil
}

// keyIn gives the place of a key among the keys and values of a mapping; -1 when it is not there.
func keyIn(node *yaml.Node, key string) int {
	for at := 0; at < len(node.Content); at += 2 {
		if node.Content[at].Value == key {
			return at
		}
	}
	return -1
}

func allNamed(items []any) bool {
	return len(items) > 0 && !slices.ContainsFunc(items, func(item any) bool {
		one, ok := item.(map[string]any)
		_, named := one["name"].(string)
		return !ok || !named
	})
}

func nameOf(node *yaml.Node) any {
	var one struct {
		Name string `yaml:"name"`
	}
	if node.Decode(&one) != nil || one.Name == "" {
		return nil
	}
	return one.Name
}

func sortedKeys(fields map[string]any) []string {
	var keys []string
	for key := range fields {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func written(document *yaml.Node, compact bool) (string, error) {
	var text bytes.Buffer
	encoder := yaml.NewEncoder(&text)
	encoder.SetIndent(2)
	if compact {
		encoder.CompactSeqIndent()
	}
	err := encoder.Encode(document)
	return text.String(), err
}

// isCompact tells whether lists stand under their keys without being indented.
func isCompact(text string) bool {
	lines := strings.Split(text, "\n")
	for at, line := range lines[1:] {
		item := strings.TrimLeft(line, " ")
		before := strings.TrimLeft(lines[at], " ")
		if strings.HasPrefix(item, "- ") && strings.HasSuffix(before, ":") && !strings.HasPrefix(before, "- ") {
			return len(line)-len(item) == len(lines[at])-len(before)
		}
	}
	return false
}
