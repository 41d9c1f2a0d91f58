package main

import (
	"strings"
	"testing"
)

func load(t *testing.T, set string) revisions {
	t.Helper()
	t.Setenv("TREVOR_REVISIONS", set)
	all, err := loadRevisions()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func ids(steps []revision) string {
	var names []string
	for _, one := range steps {
		names = append(names, one.id)
	}
	return strings.Join(names, " ")
}

func TestPath(t *testing.T) {
	cases := []struct{ set, from, to, want, wrong string }{
		{"1.0", "", "0002", "0001 0002", ""},
		{"1.1", "0002", "0003", "0003", ""},
		{"1.1", "0003", "0003", "", ""},
		{"1.0", "0003", "0002", "", "does not know"},
		{"1.1", "0003", "0001", "", "not reached"},
	}
	for _, one := range cases {
		steps, err := load(t, one.set).path(one.from, one.to)
		if one.wrong == "" && (err != nil || ids(steps) != one.want) {
			t.Errorf("%+v: %q, %v", one, ids(steps), err)
		}
		if one.wrong != "" && (err == nil || !strings.Contains(err.Error(), one.wrong)) {
			t.Errorf("%+v: %v", one, err)
		}
	}
}

func TestHead(t *testing.T) {
	if head, err := load(t, "1.0").target("head"); head != "0002" || err != nil {
		t.Error(head, err)
	}
	_, err := load(t, "diverged").target("head")
	if exitCode(err) != exitRevisions || !strings.Contains(err.Error(), "multiple heads: 0003a, 0003b") {
		t.Error(err)
	}
	if _, err := load(t, "1.0").target("0009"); exitCode(err) != exitRevisions {
		t.Error(err)
	}
}

func TestUnknownSet(t *testing.T) {
	t.Setenv("TREVOR_REVISIONS", "2.0")
	if _, err := loadRevisions(); exitCode(err) != exitInput {
		t.Error(err)
	}
}

func TestBrokenRevisions(t *testing.T) {
	const first = "-- revision: a\n-- down_revision:\n-- first\n"
	for text, want := range map[string]string{
		"SELECT 1": "does not begin with",
		"-- revision: b\n-- down_revision: c\n-- x\n": "follows c, which does not exist",
		first: "there twice",
	} {
		if _, err := parseRevisions([]string{first, text}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
