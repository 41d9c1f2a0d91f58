package main

import (
	"net/http"
	"testing"
)

func TestIDsAreUUIDsOfTheirNames(t *testing.T) {
	if got := textOf(jobID("floe", "orders")); got != textOf(jobID("floe", "orders")) || !uuidForm.MatchString(got) || got[14] != '8' {
		t.Error(got)
	}
	seen := map[id]bool{}
	for _, one := range []id{jobID("a", "bc"), jobID("ab", "c"), datasetID("a", "bc"), namespaceID("a"), sourceID("a"), namespaceID("")} {
		if seen[one] {
			t.Error(one)
		}
		seen[one] = true
	}
}

func TestJobVersionFollowsItsDatasets(t *testing.T) {
	version := func(inputs ...string) id {
		one := event{Job: &jobPart{Namespace: "n", Name: "j"}}
		for _, name := range inputs {
			one.Inputs = append(one.Inputs, datasetPart{Namespace: "n", Name: name})
		}
		row, err := jobOf(t.Context(), nil, one) // without a parent the database is not asked
		if err != nil {
			t.Fatal(err)
		}
		return row.Version
	}
	if version().Valid || version("a", "b") != version("b", "a", "a") || version("a") == version("b") {
		t.Error(version(), version("a"), version("a", "b"))
	}
}

func TestNodeIDsWithColonsInThem(t *testing.T) {
	kind, splits, err := readNodeID("dataset:postgres://db:5432:floe.marts.total#some-version")
	if err != nil || kind != "dataset" || splits[len(splits)-1] != [2]string{"postgres://db:5432", "floe.marts.total"} {
		t.Error(kind, splits, err)
	}
	for _, wrong := range []string{"", "job", "job:", "job:a", "job:a:", "job::b", "run:a:b", "jobs:a:b"} {
		if _, _, err := readNodeID(wrong); err == nil || err.(refusal).status != http.StatusBadRequest {
			t.Error(wrong, err)
		}
	}
}

func TestSourceTypes(t *testing.T) {
	for address, want := range map[string]string{
		"": "POSTGRESQL", "postgres://db": "POSTGRESQL", "jdbc:postgresql://db": "POSTGRESQL", "s3://bucket": "S3", "snowflake://x": "SNOWFLAKE",
	} {
		if got := sourceType(address); got != want {
			t.Error(address, got)
		}
	}
}
