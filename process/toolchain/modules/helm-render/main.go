// Command helm-render renders charts and reads manifests for one parent process, without paying Helm's start for each.
// One JSON line in; one JSON line {"bytes": n} or {"error": …} out, and after the first n bytes of JSON. It ends with its standard input, whatever
// it is doing.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"runtime/debug"
	"time"
)

// request is what to do. Those of "render" are the flags of `helm template`.
type request struct {
	// Op is "render", "manifests" or "values".
	Op string `json:"op"`
	// Chart is the absolute path of a folder or archive, Digest what its content is known by.
	Chart       string          `json:"chart"`
	Digest      string          `json:"digest"`
	Name        string          `json:"name"`
	Namespace   string          `json:"namespace"`
	Values      json.RawMessage `json:"values"`
	KubeVersion string          `json:"kubeVersion"`
	// APIVersions are all the cluster serves: none is added.
	APIVersions []string `json:"apiVersions"`
	// WantValues asks for the values files the chart comes with.
	WantValues bool `json:"wantValues"`
	// Texts are files to read as manifests or values.
	Texts []string `json:"texts"`
	// MaxBytes bounds the answer: a larger one is only measured.
	MaxBytes int `json:"maxBytes"`
	// TimeoutMs ends the process when a template runs on: a template cannot be interrupted.
	TimeoutMs int `json:"timeoutMs"`
}

// header is the line before the answer: its length, or why there is none, in Helm's words.
type header struct {
	Bytes int    `json:"bytes"`
	Error string `json:"error,omitempty"`
}

func main() {
	log.SetOutput(io.Discard)
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(1 << 30)
	out := bufio.NewWriterSize(os.Stdout, 1<<16)
	charts := &cache{}
	for line := range lines() {
		body, err := serve(line, charts)
		first := header{Bytes: len(body)}
		var large tooLarge
		if errors.As(err, &large) {
			first = header{Bytes: int(large)}
		} else if err != nil {
			first, body = header{Error: err.Error()}, nil
		}
		if json.NewEncoder(out).Encode(first) != nil {
			return
		}
		if _, err := out.Write(body); err != nil || out.Flush() != nil {
			return
		}
	}
}

// lines reads ahead, so that the end of the input ends the process even in the middle of a template.
func lines() <-chan []byte {
	requests := make(chan []byte)
	go func() {
		in := bufio.NewReaderSize(os.Stdin, 1<<16)
		for {
			line, err := in.ReadBytes('\n')
			if err != nil {
				os.Exit(0)
			}
			requests <- line
		}
	}()
	return requests
}

func serve(line []byte, charts *cache) ([]byte, error) {
	var asked request
	if err := json.Unmarshal(line, &asked); err != nil {
		return nil, err
	}
	timer := time.AfterFunc(time.Duration(asked.TimeoutMs)*time.Millisecond, func() { os.Exit(3) })
	defer timer.Stop()
	answer, err := answerTo(asked, charts)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(answer)
	if err == nil && asked.MaxBytes > 0 && len(body) > asked.MaxBytes {
		return nil, tooLarge(len(body))
	}
	return body, err
}

// tooLarge is the length, at least, of an answer above the bound.
type tooLarge int

func (size tooLarge) Error() string { return fmt.Sprintf("%d bytes", int(size)) }

func answerTo(asked request, charts *cache) (interface{}, error) {
	switch asked.Op {
	case "render":
		return render(asked, charts)
	case "manifests":
		files := make([][]document, len(asked.Texts))
		for index, text := range asked.Texts {
			files[index] = readText([]byte(text))
		}
		return files, nil
	case "values":
		files := make([]valuesFile, len(asked.Texts))
		for index, text := range asked.Texts {
			files[index] = readValues([]byte(text))
		}
		return files, nil
	default:
		return nil, fmt.Errorf("unknown operation %q", asked.Op)
	}
}
