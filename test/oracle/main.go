// Command oracle answers what Kubernetes itself would: JSON lines in, JSON lines out, one answer for each line, in order.
// It is the Pod Security evaluator of k8s.io/pod-security-admission with the API server's decoder in front of it.
package main

import (
	"bufio"
	"encoding/json"
	"os"
)

// question is one line of input; which field is set decides what is asked.
type question struct {
	// Pod with Level and Version asks for a verdict; Kind is "Pod" when the object is a pod itself, Emulation the version of an older cluster.
	Pod       json.RawMessage `json:"pod"`
	Level     string          `json:"level"`
	Version   string          `json:"version"`
	Emulation string          `json:"emulation"`
	Kind      string          `json:"kind"`
	// Labels asks for the policy of a namespace with these labels, Defaults being the cluster's own.
	Labels   map[string]string `json:"labels"`
	Defaults *modes            `json:"defaults"`
	// Checks asks which checks there are.
	Checks bool `json:"checks"`
	// Quote asks how %q prints each string.
	Quote []string `json:"quote"`
}

type failure struct {
	Error string `json:"error"`
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 {
			if err := encoder.Encode(answer(line)); err != nil {
				os.Exit(1)
			}
		}
		if err != nil || in.Buffered() == 0 {
			if out.Flush() != nil {
				os.Exit(1)
			}
		}
		if err != nil {
			return
		}
	}
}

func answer(line []byte) any {
	var asked question
	if err := json.Unmarshal(line, &asked); err != nil {
		return failure{err.Error()}
	}
	switch {
	case asked.Quote != nil:
		return quoted(asked.Quote)
	case asked.Checks:
		return checks()
	case asked.Labels != nil:
		return namespacePolicy(asked)
	default:
		return verdict(asked)
	}
}
