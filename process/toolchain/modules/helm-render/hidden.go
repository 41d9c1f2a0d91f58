package main

import (
	"bytes"
	"fmt"
	"sort"

	nodes "go.yaml.in/yaml/v3"
)

// hiddenLineBreaks finds U+0085, U+2028 and U+2029 outside quoted texts: YAML 1.1, which Kubernetes reads, breaks the line there, and editors,
// diffs and YAML 1.2 readers do not (yaml.org/spec/1.1, section 4.1.4).
func hiddenLineBreaks(text []byte) []slip {
	if !bytes.Contains(text, []byte("\u0085")) && !bytes.Contains(text, []byte("\u2028")) && !bytes.Contains(text, []byte("\u2029")) {
		return nil
	}
	quoted := quotedRanges(text)
	var slips []slip
	line := 1
	for offset, char := range string(text) {
		switch char {
		case '\n':
			line++
		case '\u0085', '\u2028', '\u2029':
			if !within(quoted, offset) {
				slips = append(slips, slip{Kind: "hidden-line-break", Line: line, What: fmt.Sprintf("U+%04X", char)})
			}
		}
	}
	return slips
}

type span struct{ from, to int }

// within says whether an offset lies inside one of the spans, which follow each other.
func within(spans []span, offset int) bool {
	next := sort.Search(len(spans), func(index int) bool { return spans[index].to > offset })
	return next < len(spans) && spans[next].from < offset
}

// quotedRanges gives where the quoted texts of a document stand; none when it cannot be read.
func quotedRanges(text []byte) []span {
	var root nodes.Node
	if nodes.Unmarshal(text, &root) != nil {
		return nil
	}
	starts := lineStarts(text)
	var spans []span
	var visit func(*nodes.Node)
	visit = func(node *nodes.Node) {
		if node.Kind == nodes.ScalarNode && node.Line <= len(starts) {
			from := starts[node.Line-1]
			for column := 1; column < node.Column && from < len(text); column++ {
				from += runeLength(text[from])
			}
			if node.Style&(nodes.DoubleQuotedStyle|nodes.SingleQuotedStyle) != 0 {
				if one, ok := quotedSpan(text, from); ok {
					spans = append(spans, one)
				}
			}
		}
		for _, child := range node.Content {
			visit(child)
		}
	}
	visit(&root)
	return spans
}

// lineStarts gives the offset of each line, by every line break of YAML 1.1.
func lineStarts(text []byte) []int {
	starts := []int{0}
	for offset, char := range string(text) {
		switch char {
		case '\r':
			if offset+1 < len(text) && text[offset+1] == '\n' {
				continue
			}
			starts = append(starts, offset+1)
		case '\n':
			starts = append(starts, offset+1)
		case '\u0085':
			starts = append(starts, offset+2)
		case '\u2028', '\u2029':
			starts = append(starts, offset+3)
		}
	}
	return starts
}

func runeLength(first byte) int {
	switch {
	case first < 0x80:
		return 1
	case first < 0xe0:
		return 2
	case first < 0xf0:
		return 3
	default:
		return 4
	}
}

// quotedSpan finds the end of the quoted text that begins at or after from: a tag or an anchor may come first.
func quotedSpan(text []byte, from int) (span, bool) {
	for from < len(text) && text[from] != '"' && text[from] != '\'' {
		from++
	}
	if from == len(text) {
		return span{}, false
	}
	quote := text[from]
	for at := from + 1; at < len(text); at++ {
		switch {
		case quote == '"' && text[at] == '\\':
			at++
		case text[at] == quote && quote == '\'' && at+1 < len(text) && text[at+1] == quote:
			at++
		case text[at] == quote:
			return span{from, at}, true
		}
	}
	return span{}, false
}
