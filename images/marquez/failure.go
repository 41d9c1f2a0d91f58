package main

import (
	"errors"
	"fmt"
)

// Exit codes: what the operator has to look at.
const (
	exitUnexpected  = 1
	exitInput       = 2 // wrong arguments or environment
	exitCredentials = 3 // the database refused the credential
	exitSchema      = 4 // the database has a schema of a newer version
	exitUnreachable = 5 // the database did not answer in time
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
