package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	goyaml "go.yaml.in/yaml/v2"
)

// yamlToJSON reads one YAML document with the parser sigs.k8s.io/yaml uses, and by its rules (yaml.go, convertToJSONableObject): only the first
// document counts, keys become texts, the last of two equal keys wins. What the strict reader would say of it comes as slips. The tree is what the
// API machinery would read from the JSON.
func yamlToJSON(text []byte) (plain interface{}, converted []byte, slips []slip, err error) {
	defer func() {
		if problem := recover(); problem != nil {
			plain, converted, err = nil, nil, fmt.Errorf("yaml: %v", problem)
		}
	}()
	slips = hiddenCharacters(text)
	var tree interface{}
	var refused *goyaml.TypeError
	if err := goyaml.UnmarshalStrict(text, &tree); errors.As(err, &refused) {
		slips = append(slips, withoutMerged(text, duplicateKeys(refused))...)
		tree = nil
		if err := goyaml.Unmarshal(text, &tree); err != nil {
			return nil, nil, slips, err
		}
	} else if err != nil {
		return nil, nil, slips, err
	}
	if plain, err = jsonable(tree); err != nil {
		return nil, nil, slips, err
	}
	converted, err = json.Marshal(plain)
	return plain, converted, slips, err
}

var alreadySet = regexp.MustCompile(`^line (\d+): key (.*) already set in map$`)

func duplicateKeys(refused *goyaml.TypeError) []slip {
	var slips []slip
	for _, words := range refused.Errors {
		if found := alreadySet.FindStringSubmatch(words); found != nil {
			line, _ := strconv.Atoi(found[1])
			slips = append(slips, slip{Kind: "duplicate-key", Line: line, What: strings.Trim(found[2], `"`)})
		}
	}
	return slips
}

// jsonable makes JSON of a YAML tree. Numbers become those kjson reads from their JSON: what an int64 does not hold is a float64, and there is no -0. Two keys that become one text, such as 1 and "1", are refused: which of them counts is left to chance there.
func jsonable(value interface{}) (interface{}, error) {
	switch value := value.(type) {
	case map[interface{}]interface{}:
		object := make(map[string]interface{}, len(value))
		for key, item := range value {
			name, err := keyText(key)
			if err != nil {
				return nil, err
			}
			if _, known := object[name]; known {
				return nil, fmt.Errorf("two keys become the same text %q: which of them counts is left to chance; quote or remove one", name)
			}
			if object[name], err = jsonable(item); err != nil {
				return nil, err
			}
		}
		return object, nil
	case []interface{}:
		list := make([]interface{}, len(value))
		for index, item := range value {
			var err error
			if list[index], err = jsonable(item); err != nil {
				return nil, err
			}
		}
		return list, nil
	case uint64:
		if value > math.MaxInt64 {
			return float64(value), nil
		}
		return value, nil
	case float64:
		if value == 0 {
			return 0, nil
		}
		return value, nil
	default:
		return value, nil
	}
}

func keyText(key interface{}) (string, error) {
	switch key := key.(type) {
	case string:
		return key, nil
	case int:
		return strconv.Itoa(key), nil
	case int64:
		return strconv.FormatInt(key, 10), nil
	case float64:
		switch text := strconv.FormatFloat(key, 'g', -1, 32); text {
		case "+Inf":
			return ".inf", nil
		case "-Inf":
			return "-.inf", nil
		case "NaN":
			return ".nan", nil
		default:
			return text, nil
		}
	case bool:
		return strconv.FormatBool(key), nil
	default:
		return "", fmt.Errorf("a key must be a text, a number or a truth value, got %T", key)
	}
}

var yamlLine = regexp.MustCompile(`^(?:yaml: )?(?:line (\d+): )?`)

// reasonOf gives an error of a reader in its own words, and the line of the document it names, 0 for none.
func reasonOf(err error) (string, int) {
	words := strings.TrimPrefix(strings.TrimPrefix(err.Error(), "error converting YAML to JSON: "), "yaml: unmarshal errors:\n  ")
	found := yamlLine.FindStringSubmatch(words)
	line, _ := strconv.Atoi(found[1])
	return strings.ReplaceAll(words[len(found[0]):], "\n", "; "), line
}
