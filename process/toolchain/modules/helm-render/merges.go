package main

import (
	"bytes"

	"go.yaml.in/yaml/v3"
)

// withoutMerged leaves out the keys that only stand below a merge (`<<: *base`) which brings them too: there the own key counts, as anybody reads it. A
// merge below the key is told: for this parser the merge counts then, for YAML the key (yaml.org/type/merge.html).
func withoutMerged(text []byte, slips []slip) []slip {
	if len(slips) == 0 || !bytes.Contains(text, []byte("<<")) {
		return slips
	}
	var document yaml.Node
	if yaml.Unmarshal(text, &document) != nil {
		return slips
	}
	overriding := map[slip]int{}
	countOverriding(&document, overriding)
	var left []slip
	for _, one := range slips {
		if overriding[one] > 0 {
			overriding[one]--
		} else {
			left = append(left, one)
		}
	}
	return left
}

// countOverriding counts the keys below a merge in their map that stand there for the first time, as the slip each would be.
func countOverriding(node *yaml.Node, found map[slip]int) {
	if node.Kind == yaml.MappingNode {
		own := map[string]bool{}
		merged := false
		for index := 0; index+1 < len(node.Content); index += 2 {
			key := node.Content[index]
			if merged && !own[key.Value] {
				found[slip{Kind: "duplicate-key", Line: key.Line, What: key.Value}]++
			}
			merged = merged || key.Tag == "!!merge"
			own[key.Value] = true
		}
	}
	for _, child := range node.Content {
		countOverriding(child, found)
	}
}
