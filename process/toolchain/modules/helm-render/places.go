package main

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"text/template"

	"hardened/toolchain/helm-render/chartutil"
)

// Most renders that find the place of a lookup in a text given to `tpl`, and most lookups that are told: of more only the number is.
const (
	mostPlaces = 20
	mostTold   = 100
)

// placesOf finds where a chart looks up what was asked: one render of a copy whose lookups know their places and, for each in a text given to `tpl`,
// one that fails at it, since the error tells the place. A chart that `failed` asked before it did. A place in notes decides nothing that is installed as
// long as no template changes values that others see, and one in a chart whose annotation declares its lookups is given by the reason.
func (j job) placesOf(at occasion, asked []string, failed bool) ([]lookup, []declared) {
	if len(asked) == 0 {
		return nil, nil
	}
	told := told{}
	root, err := j.charts.load(j.asked.Chart, j.asked.Digest)
	marks, rest := &places{}, &emptyCluster{}
	render := func(marks *places, cluster *emptyCluster) error {
		_, err := with(marks.functions(plain), func() (*rendered, error) { return j.run(at, cluster, nil, marks) })
		return err
	}
	if err != nil || (render(marks, rest) != nil) != failed || len(marks.asked)+len(rest.asked) != len(asked) {
		for _, what := range asked {
			told.add(lookup{What: what}) // it rolls dice: what it asked a moment ago has no place
		}
		return told.all(), nil
	}
	reasons := map[string]string{}
	declaring(root, reasons)
	notesCount := changesValues(root)
	for _, one := range marks.asked {
		if !one.inNotes || notesCount {
			told.addUnlessDeclared(one.lookup, reasons)
		}
	}
	for index, what := range rest.asked {
		if index >= mostPlaces {
			told.more += len(rest.asked) - index
			break
		}
		one, outer := lookup{What: what}, ""
		if err := render(&places{}, &emptyCluster{failAt: index + 1}); errors.Is(err, errPlace) {
			outer, one.File, one.Line = placeOf(err, reasons)
		}
		if strings.HasSuffix(outer, "/templates/NOTES.txt") && !notesCount {
			continue
		}
		told.addUnlessDeclared(one, reasons)
	}
	return told.all(), told.declared
}

// told are lookups, each once.
type told struct {
	found    []lookup
	more     int
	declared []declared
}

// addUnlessDeclared adds a lookup, or the reason by which its chart declares it.
func (t *told) addUnlessDeclared(one lookup, reasons map[string]string) {
	chart := chartOf(one.File, reasons)
	if reason := reasons[chart]; reason != "" {
		t.declared = chartutil.AppendOnce(t.declared, declared{chart, reason})
	} else {
		t.add(one)
	}
}

func (t *told) add(one lookup) {
	if len(t.found) < mostTold {
		t.found = chartutil.AppendOnce(t.found, one)
	} else if !slices.Contains(t.found, one) {
		t.more++
	}
}

func (t *told) all() []lookup {
	if t.more == 0 {
		return t.found
	}
	return append(t.found, lookup{What: strconv.Itoa(t.more) + " more"})
}

// placeOf gives the template that was executed, and the file and line that failed: those of the outermost and the innermost error of the
// templates that lie in a chart: what tpl is given has no file. Their texts are not searched, since a chart gives its templates any name.
func placeOf(err error, charts map[string]string) (outer, file string, line int) {
	var failed template.ExecError
	for errors.As(err, &failed) {
		if outer == "" {
			outer = failed.Name
		}
		words := strings.TrimPrefix(failed.Err.Error(), "template: ")
		location, _, _ := strings.Cut(words, ": executing ")
		if at, number := locationIn(location); chartOf(at, charts) != "" {
			file, line = at, number
		}
		err = errors.Unwrap(failed.Err)
	}
	return outer, file, line
}

// locationIn takes "<file>:<line>:<column>" apart.
func locationIn(location string) (string, int) {
	parts := strings.Split(location, ":")
	if len(parts) < 3 {
		return "", 0
	}
	line, _ := strconv.Atoi(parts[len(parts)-2])
	return strings.Join(parts[:len(parts)-2], ":"), line
}
