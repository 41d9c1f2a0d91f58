package main

import "log/slog"

// secret is text that is never printed, logged or encoded by accident.
type secret string

const hidden = "(hidden)"

func (secret) String() string               { return hidden }
func (secret) GoString() string             { return hidden }
func (secret) LogValue() slog.Value         { return slog.StringValue(hidden) }
func (secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
