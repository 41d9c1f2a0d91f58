package main

import (
	"errors"
	"strings"
)

// Exit codes. A Job shows them next to the summary, so each stands for one thing the operator can do.
const (
	exitUnexpected  = 1 // a bug, or a server that breaks its protocol
	exitInput       = 2 // wrong arguments, config file or environment
	exitCredentials = 3 // the server refused a credential
	exitMissing     = 4 // mailboxes or contact groups do not exist
	exitUnreachable = 5 // a server did not answer in time
)

// failure is an error the operator can act on: the text to print and the exit code to end with.
type failure struct {
	code int
	text string
}

func (f failure) Error() string { return f.text }

// exitCode returns the code of the failure inside err, or exitUnexpected.
func exitCode(err error) int {
	if f, ok := errors.AsType[failure](err); ok {
		return f.code
	}
	return exitUnexpected
}

// together joins failures that were found side by side: every text, and the most certain (lowest) code.
func together(errs ...error) error {
	var texts []string
	code := 0
	for _, err := range errs {
		if err == nil {
			continue
		}
		texts = append(texts, err.Error())
		if c := exitCode(err); code == 0 || c < code {
			code = c
		}
	}
	if code == 0 {
		return nil
	}
	return failure{code, strings.Join(texts, "\n")}
}
