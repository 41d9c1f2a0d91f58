// Command reader-witness reads manifests with kubectl's own code: cli-runtime's builder over a stream, lists opened. The reader of the policy pack
// (process/toolchain/modules/helm-render) is compared with it, in bulk: one JSON line of texts and what the pack read in them in, one JSON line of
// differences out, until its standard input ends.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/cli-runtime/pkg/resource"
	kjson "sigs.k8s.io/json"
)

// question holds Texts, or Files whose byte order mark counts, and Ours: the answer of helm-render to them, one list of documents for each.
type question struct {
	Texts []string `json:"texts"`
	Files [][]byte `json:"files"`
	Ours  string   `json:"ours"`
}

// document is what the pack reads in one document of a text.
type document struct {
	Objects []struct {
		Object json.RawMessage `json:"object"`
	} `json:"objects"`
	Problem string `json:"problem"`
}

// reading is what kubectl reads in a text: the objects it would send, and why it refuses the rest.
type reading struct {
	Objects []json.RawMessage `json:"objects"`
	Refusal string            `json:"refusal,omitempty"`
}

// difference is a text that one side refuses, or in which both find other objects.
type difference struct {
	Index  int             `json:"index"`
	Ours   json.RawMessage `json:"ours"`
	Theirs reading         `json:"theirs"`
	// Exact is both, with every digit.
	Exact string `json:"exact"`
}

// answer counts the texts kubectl refuses, those without an object, and the objects of the others.
type answer struct {
	Refused     int          `json:"refused"`
	Empty       int          `json:"empty"`
	Objects     int          `json:"objects"`
	Differences []difference `json:"differences"`
}

func main() {
	debug.SetGCPercent(400)
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for {
		line, err := in.ReadBytes('\n')
		if err == io.EOF {
			return
		}
		if err == nil {
			err = reply(line, out)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func reply(line []byte, out *json.Encoder) error {
	var asked question
	var ours []json.RawMessage
	if err := json.Unmarshal(line, &asked); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(asked.Ours), &ours); err != nil {
		return err
	}
	texts := make([]io.Reader, 0, len(ours))
	for _, text := range asked.Texts {
		texts = append(texts, bytes.NewReader([]byte(text)))
	}
	for _, file := range asked.Files {
		// As cli-runtime's FileVisitor opens a file.
		texts = append(texts, transform.NewReader(bytes.NewReader(file), unicode.BOMOverride(unicode.UTF8.NewDecoder())))
	}
	if len(texts) != len(ours) {
		return fmt.Errorf("%d texts and %d answers", len(texts), len(ours))
	}
	said := answer{Differences: []difference{}}
	for index, text := range texts {
		theirs := read(text)
		switch {
		case theirs.Refusal != "":
			said.Refused++
		case len(theirs.Objects) == 0:
			said.Empty++
		default:
			said.Objects += len(theirs.Objects)
		}
		alike, err := same(ours[index], theirs)
		if err != nil {
			return err
		}
		if !alike {
			exact := fmt.Sprintf("ours: %s\ntheirs: %s %s", ours[index], theirs.Objects, theirs.Refusal)
			said.Differences = append(said.Differences, difference{index, ours[index], theirs, exact})
		}
	}
	return out.Encode(said)
}

// read reads a text as `kubectl apply` and Helm do, without a server: a kind it does not know is none of a reader's business.
func read(text io.Reader) (found reading) {
	defer func() {
		if problem := recover(); problem != nil {
			found = reading{Refusal: fmt.Sprint("panic: ", problem)}
		}
	}()
	infos, err := resource.NewLocalBuilder().Unstructured().ContinueOnError().Stream(text, "text").Flatten().Do().Infos()
	found.Objects = make([]json.RawMessage, 0, len(infos))
	if err != nil {
		found.Refusal = err.Error()
	}
	for _, info := range infos {
		object, err := json.Marshal(info.Object.(*unstructured.Unstructured).Object)
		if err != nil {
			panic(err)
		}
		found.Objects = append(found.Objects, object)
	}
	return found
}

// same says whether both refuse a text or find the same objects in it. The pack judges nothing of a text of which it refuses a part.
func same(ours json.RawMessage, theirs reading) (bool, error) {
	var documents []document
	if err := json.Unmarshal(ours, &documents); err != nil {
		return false, err
	}
	var objects []json.RawMessage
	for _, one := range documents {
		if one.Problem != "" {
			return theirs.Refusal != "", nil
		}
		for _, found := range one.Objects {
			objects = append(objects, found.Object)
		}
	}
	if theirs.Refusal != "" || len(objects) != len(theirs.Objects) {
		return false, nil
	}
	for index, object := range objects {
		if !bytes.Equal(object, theirs.Objects[index]) && !bytes.Equal(withoutEmptyNamespace(object), theirs.Objects[index]) {
			return false, nil
		}
	}
	return true, nil
}

// withoutEmptyNamespace leaves out a namespace that is no text or an empty one, as the builder's FilterNamespace does.
func withoutEmptyNamespace(object json.RawMessage) []byte {
	var tree map[string]interface{}
	if err := kjson.UnmarshalCaseSensitivePreserveInts(object, &tree); err != nil {
		return nil
	}
	if name, _, _ := unstructured.NestedString(tree, "metadata", "namespace"); name == "" {
		unstructured.RemoveNestedField(tree, "metadata", "namespace")
	}
	filtered, err := json.Marshal(tree)
	if err != nil {
		return nil
	}
	return filtered
}
