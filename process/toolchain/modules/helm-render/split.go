package main

import (
	"bytes"
	"strings"
)

// part is the text of one YAML document and the line it begins at.
type part struct {
	text        []byte
	line        int
	problem     string
	problemLine int
}

var separator, newLine = []byte("---"), []byte("\n")

// splitYAML cuts a text, which begins at a line, at its separator lines as apimachinery's YAMLReader does (pkg/util/yaml/decoder.go): line breaks
// become "\n", and only blanks or a comment may follow "---". A separator with nothing before it stays part of its document, where what follows a
// line break that is none for the splitter counts.
func splitYAML(text []byte, line int) []part {
	var parts []part
	current := part{line: line}
	lines := bytes.Split(text, []byte("\n"))
	if len(lines[len(lines)-1]) == 0 {
		lines = lines[:len(lines)-1]
	}
	for index, content := range lines {
		isWhole := index < len(lines)-1 || bytes.HasSuffix(text, newLine)
		if isWhole {
			content = bytes.TrimSuffix(content, []byte("\r"))
		}
		if after, found := bytes.CutPrefix(content, separator); found {
			after := strings.TrimSpace(string(after))
			if after != "" && !strings.HasPrefix(after, "#") {
				parts = append(parts, part{
					line:        line + index,
					problem:     "only blanks or a comment may follow the document separator ---",
					problemLine: line + index,
				})
			}
			if len(current.text) > 0 {
				parts = append(parts, current)
				current = part{line: line + index + 1}
				continue
			}
		}
		if isWhole || !isLost(content) {
			current.text = append(append(current.text, content...), '\n')
		}
	}
	return append(parts, current)
}

// lineBuffer is how much apimachinery's LineReader takes of a line at once (bufio.NewReader).
const lineBuffer = 4096

// isLost says whether LineReader loses a last line without a line break: it does when the end of the text comes just after a full buffer. A "\r" at the
// end of a buffer is left for the next one (bufio.Reader, ReadLine).
func isLost(line []byte) bool {
	for len(line) >= lineBuffer {
		taken := lineBuffer
		if line[taken-1] == '\r' {
			taken--
		}
		if line = line[taken:]; len(line) == 0 {
			return true
		}
	}
	return false
}
