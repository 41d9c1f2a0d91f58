package main

// stringList is an argument that is a list of strings; nil when it is not given.
func stringList(value any) ([]string, bool) {
	if value == nil {
		return nil, true
	}
	list, ok := value.([]any)
	if !ok {
		return nil, false
	}
	out := make([]string, 0, len(list))
	for _, element := range list {
		s, ok := element.(string)
		if !ok {
			return nil, false
		}
		out = append(out, s)
	}
	return out, true
}

func objectAt(args object, key string) object {
	found, _ := args[key].(object)
	return found
}

func textAt(args object, key string) string {
	found, _ := args[key].(string)
	return found
}

func numberAt(args object, key string, fallback int) int {
	if found, ok := args[key].(float64); ok {
		return int(found)
	}
	return fallback
}

// get answers a /get call: the objects asked for, with the properties asked for (RFC 8620 section 5.1).
func get(args object, state string, all []object) (object, *methodError) {
	ids, ok := stringList(args["ids"])
	properties, fine := stringList(args["properties"])
	if !ok || !fine {
		return nil, &methodError{"invalidArguments", "ids and properties must be lists of strings"}
	}
	byID := map[string]object{}
	for _, o := range all {
		byID[o["id"].(string)] = o
		if args["ids"] == nil {
			ids = append(ids, o["id"].(string))
		}
	}
	if len(ids) > maxObjects {
		return nil, &methodError{"requestTooLarge", ""}
	}
	list, notFound := []object{}, []string{}
	for _, id := range ids {
		if o, exists := byID[id]; exists {
			list = append(list, pick(o, properties))
		} else {
			notFound = append(notFound, id)
		}
	}
	return object{"state": state, "list": list, "notFound": notFound}, nil
}

func pick(o object, properties []string) object {
	if properties == nil {
		return o
	}
	out := object{"id": o["id"]}
	for _, p := range properties {
		if value, exists := o[p]; exists {
			out[p] = value
		}
	}
	return out
}
