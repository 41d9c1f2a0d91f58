package main

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
)

//go:embed versions
var versions embed.FS

// revision is one step of the database's schema.
type revision struct {
	id, parent, title, sql string
}

// revisions are all steps a program knows, by id.
type revisions map[string]revision

var header = regexp.MustCompile(`^-- revision: (\S+)\n-- down_revision: ?(\S*)\n-- (.*)\n`)

// loadRevisions reads the set that TREVOR_REVISIONS names.
func loadRevisions() (revisions, error) {
	name := or(os.Getenv("TREVOR_REVISIONS"), "1.0")
	files, err := fs.Glob(versions, path.Join("versions", path.Base(name), "*.sql"))
	if err != nil || len(files) == 0 {
		return nil, failed(exitInput, "there is no set of revisions %q; TREVOR_REVISIONS takes 1.0, 1.1, failing or diverged", name)
	}
	texts := make([]string, len(files))
	for i, file := range files {
		text, err := fs.ReadFile(versions, file)
		if err != nil {
			return nil, err
		}
		texts[i] = string(text)
	}
	return parseRevisions(texts)
}

func parseRevisions(texts []string) (revisions, error) {
	all := revisions{}
	for _, text := range texts {
		found := header.FindStringSubmatch(text)
		if found == nil {
			return nil, failed(exitRevisions, "a revision does not begin with revision, down_revision and title")
		}
		if _, twice := all[found[1]]; twice {
			return nil, failed(exitRevisions, "revision %s is there twice", found[1])
		}
		all[found[1]] = revision{id: found[1], parent: found[2], title: found[3], sql: text}
	}
	for _, one := range all {
		if _, known := all[one.parent]; one.parent != "" && !known {
			return nil, failed(exitRevisions, "revision %s follows %s, which does not exist", one.id, one.parent)
		}
	}
	return all, nil
}

// heads are the revisions nothing follows, in order.
func (all revisions) heads() []string {
	followed := map[string]bool{}
	for _, one := range all {
		followed[one.parent] = true
	}
	var found []string
	for id := range all {
		if !followed[id] {
			found = append(found, id)
		}
	}
	slices.Sort(found)
	return found
}

// target resolves "head" to the only head, and any other word to the revision of that name.
func (all revisions) target(word string) (string, error) {
	if word != "head" {
		if _, known := all[word]; !known {
			return "", failed(exitRevisions, "FAILED: there is no revision %q", word)
		}
		return word, nil
	}
	heads := all.heads()
	if len(heads) != 1 {
		return "", failed(exitRevisions, "FAILED: multiple heads: %s; make a merge revision that follows them all, nothing was migrated", strings.Join(heads, ", "))
	}
	return heads[0], nil
}

// path gives the revisions that lead from the database's one, "" for none, to the target, oldest first.
func (all revisions) path(from, to string) ([]revision, error) {
	if _, known := all[from]; from != "" && !known {
		return nil, failed(exitRevisions, "FAILED: the database is at revision %s, which this version does not know: it is older than the database", from)
	}
	var steps []revision
	for at := to; at != from; at = all[at].parent {
		if at == "" {
			return nil, failed(exitRevisions, "FAILED: revision %s is not reached from %s by upgrades", to, from)
		}
		steps = append(steps, all[at])
	}
	slices.Reverse(steps)
	return steps, nil
}

func (one revision) String() string {
	return fmt.Sprintf("%s -> %s, %s", cmp.Or(one.parent, "(nothing)"), one.id, one.title)
}
