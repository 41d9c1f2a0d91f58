package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

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
	// Kind is "duplicate-key", "hidden-line-break" or "hidden-direction".
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
	return readParts(text, 1)
}

// readParts reads YAML that begins at a line of the text.
func readParts(text []byte, line int) []document {
	var documents []document
	for _, part := range splitYAML(text, line) {
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

// sourceLine is the line Helm prints above what a template renders to.
const sourceLine = "# Source: "

func readYAML(from part) document {
	read := document{Line: from.line}
	body := from.text
	if bytes.HasPrefix(body, separator) {
		_, body, _ = bytes.Cut(body, []byte("\n"))
		read.Line++
	}
	if after, found := bytes.CutPrefix(body, []byte(sourceLine)); found {
		name, _, _ := bytes.Cut(after, []byte("\n"))
		read.Source = string(bytes.TrimSpace(name))
		read.Line++
	}
	tree, converted, slips, err := yamlToJSON(from.text)
	for _, one := range slips {
		if one.Line > 0 {
			one.Line += from.line - 1
		}
		read.Slips = append(read.Slips, one)
	}
	if err == nil {
		read.Objects, err = objectsOfTree(tree, converted)
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

// readJSON reads a text that begins with a brace as apimachinery's YAMLOrJSONDecoder does: one JSON value after another, and YAML from the first that
// is none, unless two came before it.
func readJSON(text []byte) []document {
	var documents []document
	decoder := json.NewDecoder(bytes.NewReader(text))
	line, counted := 1, 0
	for count := 0; ; count++ {
		consumed := int(decoder.InputOffset())
		line += bytes.Count(text[counted:consumed], newLine)
		counted = consumed
		rest := text[consumed:]
		blanks := rest[:len(rest)-len(bytes.TrimLeftFunc(rest, unicode.IsSpace))]
		read := document{Line: line + bytes.Count(blanks, newLine)}
		var value json.RawMessage
		err := decoder.Decode(&value)
		if errors.Is(err, io.EOF) {
			return documents
		}
		if err != nil {
			if after, found := afterBlanks(rest); found && count <= 1 {
				return append(documents, readParts(after, line+bytes.Count(rest[:len(rest)-len(after)], newLine))...)
			}
			read.Problem, _ = reasonOf(err)
			return append(documents, read)
		}
		if bytes.Equal(value, []byte("null")) {
			continue
		}
		read.Slips = duplicateFields(value)
		if read.Objects, err = objectsOf(value); err != nil {
			read.Problem, _ = reasonOf(err)
		}
		documents = append(documents, read)
	}
}

// afterBlanks leaves out blanks up to the end of the first line, as the decoder does before it goes on as YAML. It looks at four bytes at once, and
// goes on only where there are as many.
func afterBlanks(text []byte) ([]byte, bool) {
	for len(text) >= utf8.UTFMax {
		char, size := utf8.DecodeRune(text)
		if char == utf8.RuneError {
			return nil, false
		}
		if !unicode.IsSpace(char) {
			return text, true
		}
		text = text[size:]
		if char == '\n' {
			return text, true
		}
	}
	return nil, false
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
