package main

import "strings"

// emailSet moves messages between mailboxes (RFC 8621 section 4.6), whole or by patch; it creates and destroys none.
func (j *jmapServer) emailSet(args object) (object, *methodError) {
	updated, notUpdated, notCreated, notDestroyed := object{}, object{}, object{}, object{}
	answer := object{"updated": updated, "notUpdated": notUpdated, "notCreated": notCreated, "notDestroyed": notDestroyed}
	err := j.write(func() error {
		answer["oldState"] = j.state()
		for key := range objectAt(args, "create") {
			notCreated[key] = object{"type": "forbidden"}
		}
		if ids, _ := stringList(args["destroy"]); ids != nil {
			for _, id := range ids {
				notDestroyed[id] = object{"type": "forbidden"}
			}
		}
		for id, value := range objectAt(args, "update") {
			patch, _ := value.(object)
			if refused := j.patch(j.message(id), patch); refused != nil {
				notUpdated[id] = refused
			} else {
				updated[id] = nil
			}
		}
		answer["newState"] = j.state()
		return nil
	})
	if err != nil {
		return nil, &methodError{"serverFail", err.Error()}
	}
	return answer, nil
}

// patch applies all changes of one message or none (RFC 8620 section 5.3).
func (j *jmapServer) patch(m *message, patch object) object {
	if m == nil {
		return object{"type": "notFound"}
	}
	next := map[string]bool{}
	for id := range m.MailboxIDs {
		next[id] = true
	}
	for key, value := range patch {
		id, isPatch := strings.CutPrefix(key, "mailboxIds/")
		switch whole, isObject := value.(object); {
		case isPatch && value == nil:
			delete(next, id)
		case isPatch && value == true:
			next[id] = true
		case key == "mailboxIds" && isObject:
			clear(next)
			for id := range whole {
				next[id] = true
			}
		default:
			return object{"type": "invalidPatch"}
		}
	}
	for id := range next {
		if j.mailbox(id) == nil {
			return object{"type": "invalidProperties", "properties": []string{"mailboxIds"}}
		}
	}
	if len(next) == 0 {
		return object{"type": "invalidProperties", "properties": []string{"mailboxIds"}}
	}
	m.MailboxIDs = next
	return nil
}
