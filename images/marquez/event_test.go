package main

import (
	"strings"
	"testing"
)

const runEvent = `{"eventType": "COMPLETE", "eventTime": "2026-01-31T12:00:00+01:00", "producer": "https://example.com/producer",
	"run": {"runId": "01a228d0-fd15-7fae-a5fc-fc0097c2eea7"}, "job": {"namespace": "floe", "name": "orders"}`

func read(t *testing.T, text string) (event, problems) {
	t.Helper()
	document, err := parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return readEvent(document)
}

func TestWhatAnEventSays(t *testing.T) {
	one, wrong := read(t, runEvent+`, "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
		"inputs": [{"namespace": "postgres://db:5432", "name": "floe.raw.orders"}],
		"outputs": [{"namespace": "postgres://db:5432", "name": "floe.marts.total", "facets": {
			"dataSource": {"name": "warehouse", "uri": "jdbc:postgresql://user:hidden-word@db:5432/floe?password=hidden-word"},
			"schema": {"fields": [{"name": "total", "type": "bigint"}]}}}]}`)
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	if one.State != "COMPLETED" || one.Time.Time.Hour() != 11 || one.Job.Type != "BATCH" {
		t.Error(one.State, one.Time, one.Job)
	}
	if input := one.Inputs[0]; input.Source != "postgres://db:5432" || input.SourceSaid || input.Fields != "" {
		t.Errorf("%+v", input)
	}
	output := one.Outputs[0]
	if output.Source != "warehouse" || output.ConnectionURL != "jdbc:postgresql://db:5432/floe" {
		t.Errorf("%+v", output)
	}
	if !strings.Contains(output.Fields, `{"description":null,"name":"total","tags":[],"type":"bigint"}`) {
		t.Error(output.Fields)
	}
}

func TestEventsWithoutARun(t *testing.T) {
	const rest = `"eventTime": "2026-01-31T12:00:00Z", "producer": "p"`
	one, wrong := read(t, `{`+rest+`, "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/JobEvent",
		"job": {"namespace": "n", "name": "j", "facets": {"jobType": {"processingType": "STREAMING"}}}, "outputs": [{"namespace": "n", "name": "d"}]}`)
	if len(wrong) > 0 || one.Run != nil || one.Job.Type != "STREAM" || len(one.Outputs) != 1 {
		t.Error(one, wrong)
	}
	one, wrong = read(t, `{`+rest+`, "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/DatasetEvent",
		"dataset": {"namespace": "n", "name": "d"}}`)
	if len(wrong) > 0 || one.Run != nil || one.Job != nil || one.Outputs[0].Name != "d" {
		t.Error(one, wrong)
	}
}

func TestWrongEventsAreToldByTheirPlace(t *testing.T) {
	deep := strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40)
	for text, want := range map[string]string{
		`[]`:   `: must be an object, got a list`,
		`null`: `: must be an object, got nothing`,
		`{"eventTime": "2026-01-31T12:00:00Z", "producer": "p", "job": {"namespace": "n", "name": "j"}}`:                                  `/run: must be an object, got nothing`,
		strings.Replace(runEvent, "01a228d0-fd15", "not-one", 1) + `}`:                                                                    `/run/runId: must be a UUID, got "not-one-7fae-a5fc-fc0097c2eea7"`,
		strings.Replace(runEvent, `"01a228d0-fd15-7fae-a5fc-fc0097c2eea7"`, "7", 1) + `}`:                                                 `/run/runId: must be a UUID, got 7`,
		strings.Replace(runEvent, "01a228d0-fd15-7fae-a5fc-fc0097c2eea7", "01a228d0fd157faea5fcfc0097c2eea7", 1) + `}`:                    `/run/runId: must be a UUID`,
		strings.Replace(runEvent, "COMPLETE", "DONE", 1) + `}`:                                                                            `/eventType: must be one of START, RUNNING, COMPLETE, FAIL, ABORT, OTHER, got "DONE"`,
		strings.Replace(runEvent, "2026-01-31T12:00:00+01:00", "yesterday", 1) + `}`:                                                      `/eventTime: must be a time such as 2026-01-31T12:00:00Z, got "yesterday"`,
		strings.Replace(runEvent, "2026-01-31T12:00:00+01:00", "0000-01-31T12:00:00Z", 1) + `}`:                                           `/eventTime: must be a time`,
		strings.Replace(runEvent, "eventTime", "EventTime", 1) + `}`:                                                                      `/eventTime: is missing`,
		strings.Replace(runEvent, `"orders"`, `" "`, 1) + `}`:                                                                             `/job/name: must not be empty`,
		strings.Replace(runEvent, `"orders"`, `"a\nb"`, 1) + `}`:                                                                          `/job/name: must not hold control characters, got "a\nb"`,
		strings.Replace(runEvent, `"orders"`, `"`+strings.Repeat("x", 1025)+`"`, 1) + `}`:                                                 `/job/name: must have at most 1024 bytes, got 1025`,
		strings.Replace(runEvent, `"orders"`, `"a\u0000b"`, 1) + `}`:                                                                      `/job/name: holds the character U+0000`,
		runEvent + `, "x~y": {"a/b": ["\u0000"]}}`:                                                                                        `/x~0y/a~1b/0: holds the character U+0000`,
		runEvent + `, "x": {"\u0000": 1}}`:                                                                                                `/x: has a key that holds the character U+0000`,
		runEvent + `, "x": [1, 1e400]}`:                                                                                                   `/x/1: is a number out of range`,
		runEvent + `, "x": ` + deep + `}`:                                                                                                 `/a/a/a: nested deeper than 32 levels`,
		runEvent + `, "inputs": {}}`:                                                                                                      `/inputs: must be a list, got an object`,
		runEvent + `, "inputs": ["text"]}`:                                                                                                `/inputs/0: must be an object, got "text"`,
		runEvent + `, "inputs": [{"name": "d"}]}`:                                                                                         `/inputs/0/namespace: must be a name, got nothing`,
		runEvent + `, "outputs": [` + strings.Repeat(`{},`, 500) + `{}]}`:                                                                 `/outputs: must have at most 500 entries, got 501`,
		runEvent + `, "outputs": [{"namespace": "n", "name": "d", "facets": {"schema": {"fields": [{"type": 1}]}}}]}`:                     `/outputs/0/facets/schema/fields/0/type: must be a text, got 1`,
		runEvent + `, "outputs": [{"namespace": "n", "name": "d", "facets": {"schema": 1}}]}`:                                             `/outputs/0/facets/schema: must be an object, got 1`,
		runEvent + `, "outputs": [{"namespace": "n", "name": "d", "facets": {"dataSource": {"name": 1}}}]}`:                               `/outputs/0/facets/dataSource/name: must be a name, got 1`,
		strings.Replace(runEvent, `eea7"}`, `eea7", "facets": {"parent": {"run": {}, "job": {"namespace": "n", "name": "j"}}}}`, 1) + `}`: `/run/facets/parent/run/runId: must be a UUID, got nothing`,
		strings.Replace(runEvent, `eea7"}`, `eea7", "facets": {"nominalTime": {"nominalStartTime": 1}}}`, 1) + `}`:                        `/run/facets/nominalTime/nominalStartTime: must be a time`,
	} {
		_, wrong := read(t, text)
		if !strings.Contains(strings.Join(wrong, "\n"), want) {
			t.Errorf("%.200s\n gives %q\n not %q", text, wrong, want)
		}
	}
}

func TestAllMistakesAreToldAtOnceUpToALimit(t *testing.T) {
	_, wrong := read(t, `{"run": {}, "job": {}}`)
	if len(wrong) != 5 {
		t.Error(wrong)
	}
	_, wrong = read(t, runEvent+`, "inputs": [`+strings.Repeat(`{},`, 99)+`{}]}`)
	if len(wrong) != mostProblems {
		t.Error(len(wrong))
	}
}

func TestBodiesThatAreNoDocument(t *testing.T) {
	for text, want := range map[string]string{
		"":           "not JSON: EOF",
		"{":          "not JSON: unexpected EOF",
		"{} {}":      "something follows",
		"\xff":       "not UTF-8",
		"{\"a\":01}": "not JSON",
	} {
		if _, err := parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestHalvesOfACharacterAreStoredAsOne(t *testing.T) {
	one, wrong := read(t, runEvent+`, "x": "\ud800"}`)
	if len(wrong) > 0 || !strings.Contains(one.Whole, "�") {
		t.Error(one.Whole, wrong)
	}
}
