package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgtype"
)

const (
	deepest      = 32   // levels of objects and lists in a document
	mostProblems = 20   // told of one document
	longestName  = 1024 // of a namespace, job or dataset, in bytes, as in Marquez
)

// problems are what is wrong with a document, each behind the JSON pointer (RFC 6901) of its place.
type problems []string

func (p *problems) add(pointer, format string, args ...any) {
	if len(*p) < mostProblems {
		*p = append(*p, fmt.Sprintf("%s: ", pointer)+fmt.Sprintf(format, args...))
	}
}

// parse reads one JSON document. Numbers stay as they were written.
func parse(body []byte) (any, error) {
	if !utf8.Valid(body) {
		return nil, errors.New("not UTF-8")
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var document any
	if err := decoder.Decode(&document); err != nil {
		return nil, fmt.Errorf("not JSON: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("not JSON: something follows the document")
	}
	return document, nil
}

// refuseUnfit finds what PostgreSQL cannot store, and what is nested deeper than anyone reads.
func (p *problems) refuseUnfit(value any, pointer string, depth int) {
	if depth > deepest {
		p.add(pointer, "nested deeper than %d levels", deepest)
		return
	}
	switch value := value.(type) {
	case string:
		if strings.ContainsRune(value, 0) {
			p.add(pointer, "holds the character U+0000")
		}
	case json.Number:
		if _, err := value.Float64(); err != nil {
			p.add(pointer, "is a number out of range")
		}
	case []any:
		for index, one := range value {
			p.refuseUnfit(one, pointer+"/"+strconv.Itoa(index), depth+1)
		}
	case map[string]any:
		for key, one := range value {
			if strings.ContainsRune(key, 0) {
				p.add(pointer, "has a key that holds the character U+0000")
				continue
			}
			p.refuseUnfit(one, pointer+"/"+escaped(key), depth+1)
		}
	}
}

// escaped is a key as part of a JSON pointer.
func escaped(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}

// place is a value in a document, its pointer, and where problems with it are told.
type place struct {
	value    any
	pointer  string
	problems *problems
}

func (p place) refuse(format string, args ...any) { p.problems.add(p.pointer, format, args...) }

// missing tells a value that is not there, or null, from one that is.
func (p place) missing() bool { return p.value == nil }

// at is a field of an object. Of anything else, which `object` tells, it is missing.
func (p place) at(key string) place {
	fields, _ := p.value.(map[string]any)
	return place{fields[key], p.pointer + "/" + escaped(key), p.problems}
}

// object is whether the value is an object; when it has to be one and is not, that is a problem.
func (p place) object(required bool) bool {
	_, is := p.value.(map[string]any)
	if !is && (required || !p.missing()) {
		p.refuse("must be an object, got %s", shown(p.value))
	}
	return is
}

// list gives the places of a list's values; none when the list is missing.
func (p place) list(most int) []place {
	values, is := p.value.([]any)
	if !is && !p.missing() {
		p.refuse("must be a list, got %s", shown(p.value))
	}
	if len(values) > most {
		p.refuse("must have at most %d entries, got %d", most, len(values))
		return nil
	}
	places := make([]place, len(values))
	for index, value := range values {
		places[index] = place{value, p.pointer + "/" + strconv.Itoa(index), p.problems}
	}
	return places
}

// text is an optional text.
func (p place) text() string {
	text, is := p.value.(string)
	if !is && !p.missing() {
		p.refuse("must be a text, got %s", shown(p.value))
	}
	return text
}

// name is the name of a namespace, job, dataset or field.
func (p place) name() string {
	text, is := p.value.(string)
	switch {
	case !is:
		p.refuse("must be a name, got %s", shown(p.value))
	case strings.TrimSpace(text) == "":
		p.refuse("must not be empty")
	case len(text) > longestName:
		p.refuse("must have at most %d bytes, got %d", longestName, len(text))
	case strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }):
		p.refuse("must not hold control characters, got %s", shown(text))
	}
	return text
}

// oneOf is one of the given words, in any case.
func (p place) oneOf(words ...string) string {
	word := strings.ToUpper(p.text())
	if word != "" && !slices.Contains(words, word) {
		p.refuse("must be one of %s, got %s", strings.Join(words, ", "), shown(p.value))
	}
	return word
}

var uuidForm = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

func (p place) uuid() id {
	var found pgtype.UUID
	text, _ := p.value.(string)
	if !uuidForm.MatchString(text) || found.Scan(text) != nil {
		p.refuse("must be a UUID, got %s", shown(p.value))
	}
	return found
}

// time is a point in time of this calendar; nothing when it is missing.
func (p place) time() pgtype.Timestamptz {
	text, _ := p.value.(string)
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || at.Year() < 1970 || at.Year() > 9998 {
		if !p.missing() {
			p.refuse("must be a time such as 2026-01-31T12:00:00Z, got %s", shown(p.value))
		}
		return pgtype.Timestamptz{}
	}
	return pgtype.Timestamptz{Time: at.UTC(), Valid: true}
}

// shown is the beginning of a value, on one line.
func shown(value any) string {
	const most = 60
	switch value := value.(type) {
	case nil:
		return "nothing"
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	case string:
		if len(value) > most {
			return strconv.Quote(strings.ToValidUTF8(value[:most], "") + "…")
		}
		return strconv.Quote(value)
	case json.Number:
		text := value.String()
		return text[:min(len(text), most)]
	default:
		return fmt.Sprint(value)
	}
}

// stored is a value as the database takes it.
func stored(value any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	// What was decoded from JSON can be encoded.
	_ = encoder.Encode(value)
	return out.String()
}
