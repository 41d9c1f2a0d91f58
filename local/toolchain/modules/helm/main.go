// Command helm-render renders charts for one parent process: what `helm template --include-crds` prints, without paying Helm's start for each.
// One JSON line in, one JSON line out; after {"bytes": n} come n bytes of text. It ends with its standard input, whatever it is doing.
package main

import (
	"bufio"
	"encoding/json"
	"io"
	"log"
	"os"
	"runtime/debug"
	"time"
)

// request is what to render; the fields are the flags of `helm template`.
type request struct {
	// Chart is the absolute path of a folder or archive, Digest what its content is known by.
	Chart       string          `json:"chart"`
	Digest      string          `json:"digest"`
	Name        string          `json:"name"`
	Namespace   string          `json:"namespace"`
	Values      json.RawMessage `json:"values"`
	KubeVersion string          `json:"kubeVersion"`
	APIVersions []string        `json:"apiVersions"`
	// Exact says that APIVersions are all there are, as a cluster told; else Helm adds those it knows.
	Exact bool `json:"exact"`
	// TimeoutMs ends the process when a template runs on: a template cannot be interrupted.
	TimeoutMs int `json:"timeoutMs"`
}

// answer is the line before the text: its length, or why there is none, in Helm's words.
type answer struct {
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
		text, err := serve(line, charts)
		header := answer{Bytes: len(text)}
		if err != nil {
			header, text = answer{Error: err.Error()}, ""
		}
		if json.NewEncoder(out).Encode(header) != nil {
			return
		}
		if _, err := out.WriteString(text); err != nil || out.Flush() != nil {
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

func serve(line []byte, charts *cache) (string, error) {
	var asked request
	if err := json.Unmarshal(line, &asked); err != nil {
		return "", err
	}
	timer := time.AfterFunc(time.Duration(asked.TimeoutMs)*time.Millisecond, func() { os.Exit(3) })
	defer timer.Stop()
	return render(asked, charts)
}
