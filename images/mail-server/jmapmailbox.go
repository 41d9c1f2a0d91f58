package main

func (j *jmapServer) mailboxGet(args object) (answer object, failed *methodError) {
	j.read(func() {
		var all []object
		for _, m := range j.Mailboxes {
			var parent, role any
			if m.ParentID != "" {
				parent = m.ParentID
			}
			if m.Role != "" {
				role = m.Role
			}
			all = append(all, object{"id": m.ID, "name": m.Name, "parentId": parent, "role": role,
				"totalEmails": len(j.in(m.ID)), "unreadEmails": 0, "sortOrder": 0, "isSubscribed": true})
		}
		answer, failed = get(args, j.state(), all)
	})
	return answer, failed
}

// mailboxSet creates and destroys (RFC 8621 section 2.5); renaming is not offered.
func (j *jmapServer) mailboxSet(args object) (object, *methodError) {
	created, notCreated, destroyed, notDestroyed, notUpdated := object{}, object{}, []string{}, object{}, object{}
	ids, ok := stringList(args["destroy"])
	if !ok {
		return nil, &methodError{"invalidArguments", "destroy must be a list of strings"}
	}
	answer := object{"created": created, "notCreated": notCreated, "destroyed": destroyed, "notDestroyed": notDestroyed, "notUpdated": notUpdated}
	err := j.write(func() error {
		answer["oldState"] = j.state()
		for key, value := range objectAt(args, "create") {
			fields, _ := value.(object)
			box, err := j.addMailbox(textAt(fields, "name"), textAt(fields, "parentId"))
			if err != nil {
				notCreated[key] = object{"type": "invalidProperties", "properties": []string{"name", "parentId"}, "description": err.Error()}
				continue
			}
			created[key] = object{"id": box.ID, "totalEmails": 0, "unreadEmails": 0, "role": nil}
		}
		for id := range objectAt(args, "update") {
			notUpdated[id] = object{"type": "forbidden"}
		}
		for _, id := range ids {
			switch box := j.mailbox(id); {
			case box == nil:
				notDestroyed[id] = object{"type": "notFound"}
			case len(j.in(id)) > 0 && args["onDestroyRemoveEmails"] != true:
				notDestroyed[id] = object{"type": "mailboxHasEmail"}
			default:
				j.removeMailbox(box)
				destroyed = append(destroyed, id)
			}
		}
		answer["destroyed"], answer["newState"] = destroyed, j.state()
		return nil
	})
	if err != nil {
		return nil, &methodError{"serverFail", err.Error()}
	}
	return answer, nil
}
