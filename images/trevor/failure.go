package main

import (
	"errors"
	"fmt"
)

// Exit codes. A Job shows them next to the last words, so each stands for one thing the operator can do.
const (
	exitUnexpected  = 1 // a migration or a job failed
	exitInput       = 2 // wrong arguments or environment
	exitCredentials = 3 // the database or Redis refused a credential
	exitRevisions   = 4 // the revisions do not form one line
	exitUnreachable = 5 // the database or Redis did not answer in time
)

// failure is an error the operator can act on: the text to print and the exit code to end with.
type failure struct {
	code int
	text string
}

func (f failure) Error() string { return f.text }

func failed(code int, format string, args ...any) error {
	return failure{code, fmt.Sprintf(format, args...)}
}

// exitCode returns the code of the failure inside err, or exitUnexpected.
func exitCode(err error) int {
	if f, ok := errors.AsType[failure](err); ok {
		return f.code
	}
	return exitUnexpected
}
