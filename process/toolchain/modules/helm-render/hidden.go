package main

import (
	"fmt"
	"sort"

	nodes "go.yaml.in/yaml/v3"
)

// hiddenCharacters finds, outside quoted texts, what YAML 1.1, which Kubernetes reads, takes for a line break (yaml.org/spec/1.1, section 4.1.4), and
// editors, diffs and YAML 1.2 readers do not: U+0085, U+2028, U+2029 and a carriage return alone; and the characters that have a line shown in
// another order than it is read in: embeddings, overrides and isolates. Marks (U+200E, U+200F, U+061C) are usual in Hebrew and Arabic, and turn no line.
func hiddenCharacters(text []byte) []slip {
	var found []slip
	var offsets []int
	line := 1
	for offset, char := range string(text) {
		kind := ""
		switch {
		case char == '\n':
			line++
		case char == '\u0085', char == '\u2028', char == '\u2029', char == '\r' && isAlone(text, offset):
			kind = "hidden-line-break"
		case char >= '\u202a' && char <= '\u202e', char >= '\u2066' && char <= '\u2069':
			kind = "hidden-direction"
		}
		if kind != "" {
			found = append(found, slip{Kind: kind, Line: line, What: fmt.Sprintf("U+%04X", char)})
			offsets = append(offsets, offset)
		}
	}
	if len(found) == 0 {
		return nil
	}
	quoted := quotedRanges(text)
	var slips []slip
	for index, one := range found {
		if !within(quoted, offsets[index]) {
			slips = append(slips, one)
		}
	}
	return slips
}

// isAlone says whether the carriage return at an offset is the whole of a line break, and something follows.
func isAlone(text []byte, offset int) bool {
	return offset+1 < len(text) && text[offset+1] != '\n'
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
