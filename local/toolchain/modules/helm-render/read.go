package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"

	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	kjson "sigs.k8s.io/json"
)

// document is one document of a text, as kubectl and Helm read it: cli-runtime's StreamVisitor (pkg/resource/visitor.go).
type document struct {
	// Line is the one-based line of the text at which the document begins.
	Line int `json:"line"`
	// Source is the template the document was rendered from, where Helm says so.
	Source  string   `json:"source,omitempty"`
	Objects []object `json:"objects,omitempty"`
	// Problem says why the document is refused; ProblemLine is the line of the text, 0 where the reader names none.
	Problem     string `json:"problem,omitempty"`
	ProblemLine int    `json:"problemLine,omitempty"`
	Slips       []slip `json:"slips,omitempty"`
}

// object is one object of a document; Within is its place when it is an item of a list, such as "items[2]".
type object struct {
	Within string          `json:"within,omitempty"`
	Object json.RawMessage `json:"object"`
}

// slip is what the cluster accepts and a reviewer overlooks.
type slip struct {
	// Kind is "duplicate-key" or "hidden-line-break".
	Kind string `json:"kind"`
	// Line of the text, 0 where it is not known.
	Line int `json:"line"`
	// What is the key, or the character.
	What string `json:"what"`
}

// jsonLookahead is how far kubectl looks for the opening brace of a JSON text (NewYAMLOrJSONDecoder in visitor.go).
const jsonLookahead = 4096

// readText gives every document of a text that holds an object or a problem.
func readText(text []byte) []document {
	head := text[:min(len(text), jsonLookahead)]
	if bytes.HasPrefix(bytes.TrimLeftFunc(head, unicode.IsSpace), []byte("{")) {
		return readJSON(text)
	}
	var documents []document
	for _, part := range splitYAML(text) {
		read := document{Line: part.line, Problem: part.problem, ProblemLine: part.problemLine}
		if part.problem == "" {
			read = readYAML(part)
		}
		if read.Problem != "" || len(read.Objects) > 0 || len(read.Slips) > 0 {
			documents = append(documents, read)
		}
	}
	return documents
}

// part is the text of one YAML document and the line it begins at.
type part struct {
	text        []byte
	line        int
	problem     string
	problemLine int
}

// splitYAML cuts a text at its separator lines as apimachinery's YAMLReader does (pkg/util/yaml/decoder.go): line breaks become "\n", and only
// blanks or a comment may follow "---".
func splitYAML(text []byte) []part {
	var parts []part
	current := part{line: 1}
	lines := bytes.Split(text, []byte("\n"))
	if len(lines[len(lines)-1]) == 0 {
		lines = lines[:len(lines)-1]
	}
	for index, line := range lines {
		if index < len(lines)-1 || bytes.HasSuffix(text, []byte("\n")) {
			line = bytes.TrimSuffix(line, []byte("\r"))
		}
		if !bytes.HasPrefix(line, []byte("---")) {
			current.text = append(append(current.text, line...), '\n')
			continue
		}
		after := strings.TrimSpace(string(line[3:]))
		if after != "" && !strings.HasPrefix(after, "#") {
			parts = append(parts, part{
				line:        index + 1,
				problem:     "only blanks or a comment may follow the document separator ---",
				problemLine: index + 1,
			})
		}
		parts = append(parts, current)
		current = part{line: index + 2}
	}
	return append(parts, current)
}

// sourceLine is the line Helm prints above what a template renders to.
const sourceLine = "# Source: "

func readYAML(from part) document {
	read := document{Line: from.line}
	if after, found := bytes.CutPrefix(from.text, []byte(sourceLine)); found {
		name, _, _ := bytes.Cut(after, []byte("\n"))
		read.Source, read.Line = string(bytes.TrimSpace(name)), from.line+1
	}
	converted, slips, err := yamlToJSON(from.text)
	for _, one := range slips {
		if one.Line > 0 {
			one.Line += from.line - 1
		}
		read.Slips = append(read.Slips, one)
	}
	if err == nil {
		read.Objects, err = objectsOf(converted)
	}
	if err != nil {
		var line int
		read.Problem, line = reasonOf(err)
		if line > 0 {
			read.ProblemLine = from.line + line - 1
		}
	}
	return read
}

// rawJSON takes a document over as it is, as runtime.RawExtension does.
type rawJSON struct{ text []byte }

func (r *rawJSON) UnmarshalJSON(text []byte) error {
	if !bytes.Equal(text, []byte("null")) {
		r.text = append([]byte(nil), text...)
	}
	return nil
}

// readJSON reads a text that begins with a brace, by the decoder itself: it may go on as YAML.
func readJSON(text []byte) []document {
	var documents []document
	decoder := utilyaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), jsonLookahead)
	starts := jsonStarts(text)
	for index := 0; ; index++ {
		read := document{Line: 1}
		if index < len(starts) {
			read.Line = starts[index]
		}
		raw := rawJSON{}
		err := decoder.Decode(&raw)
		if errors.Is(err, io.EOF) {
			return documents
		}
		if err != nil {
			read.Problem, _ = reasonOf(err)
			return append(documents, read)
		}
		trimmed := bytes.TrimSpace(raw.text)
		if len(trimmed) == 0 || bytes.Equal(trimmed, []byte("null")) {
			continue
		}
		read.Slips = duplicateFields(trimmed)
		if read.Objects, err = objectsOf(trimmed); err != nil {
			read.Problem, _ = reasonOf(err)
		}
		documents = append(documents, read)
	}
}

// jsonStarts gives the line at which each value of a JSON stream begins, as far as it is one.
func jsonStarts(text []byte) []int {
	var starts []int
	decoder := json.NewDecoder(bytes.NewReader(text))
	line, counted := 1, 0
	for {
		from := int(decoder.InputOffset())
		for from < len(text) && unicode.IsSpace(rune(text[from])) {
			from++
		}
		line += bytes.Count(text[counted:from], []byte("\n"))
		counted = from
		var value json.RawMessage
		if decoder.Decode(&value) != nil {
			return starts
		}
		starts = append(starts, line)
	}
}

// duplicateFields names the keys that stand twice in a JSON object: the last one counts.
func duplicateFields(text []byte) []slip {
	var value map[string]interface{}
	strict, err := kjson.UnmarshalStrict(text, &value)
	if err != nil {
		return nil
	}
	var slips []slip
	for _, one := range strict {
		words := one.Error()
		if key, found := strings.CutPrefix(words, "duplicate field "); found {
			slips = append(slips, slip{Kind: "duplicate-key", What: strings.Trim(key, `"`)})
		}
	}
	return slips
}

// objectsOf gives the objects of a document, lists opened, as unstructured.UnstructuredJSONScheme and FlattenListVisitor do: whatever has items is a
// list, and an item with neither apiVersion nor kind takes those of its list.
func objectsOf(document []byte) ([]object, error) {
	if bytes.Equal(bytes.TrimSpace(document), []byte("null")) {
		return nil, nil
	}
	var tree map[string]interface{}
	if err := kjson.UnmarshalCaseSensitivePreserveInts(document, &tree); err != nil {
		return nil, errNoMap
	}
	items, isList := tree["items"]
	if !isList {
		encoded, err := json.Marshal(tree)
		return []object{{Object: encoded}}, err
	}
	kind, _ := tree["kind"].(string)
	if kind == "" {
		return nil, errors.New("kind is missing or not a text")
	}
	if items == nil {
		return nil, nil
	}
	listed, ok := items.([]interface{})
	if !ok {
		return nil, errors.New("items must be a list: whatever has items is one for kubectl and Helm")
	}
	objects := make([]object, 0, len(listed))
	for index, item := range listed {
		within := fmt.Sprintf("items[%d]", index)
		one, ok := item.(map[string]interface{})
		if !ok {
			return nil, fmt.Errorf("%s: a Kubernetes object must be a map", within)
		}
		own, _ := one["kind"].(string)
		version, _ := one["apiVersion"].(string)
		if own == "" && version == "" {
			one["kind"] = strings.TrimSuffix(kind, "List")
			one["apiVersion"], _ = tree["apiVersion"].(string)
		}
		if _, nested := one["items"].([]interface{}); nested {
			return nil, fmt.Errorf("%s: a list inside a list, which kubectl and Helm refuse", within)
		}
		encoded, err := json.Marshal(one)
		if err != nil {
			return nil, err
		}
		objects = append(objects, object{Within: within, Object: encoded})
	}
	return objects, nil
}

var errNoMap = errors.New("a Kubernetes object must be a map")
