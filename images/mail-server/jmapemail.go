package main

import (
	"cmp"
	"slices"
	"time"
)

// emailQuery lists message ids of a mailbox (RFC 8621 section 4.4); filters: inMailbox, before, after; sort: receivedAt.
func (j *jmapServer) emailQuery(args object) (answer object, failed *methodError) {
	filter := objectAt(args, "filter")
	var before, after time.Time
	for key, value := range filter {
		text, _ := value.(string)
		var err error
		switch key {
		case "inMailbox":
		case "before":
			before, err = time.Parse(time.RFC3339, text)
		case "after":
			after, err = time.Parse(time.RFC3339, text)
		default:
			return nil, &methodError{"unsupportedFilter", key}
		}
		if err != nil {
			return nil, &methodError{"invalidArguments", key + " must be a UTC date"}
		}
	}
	ascending := true
	if sort, _ := args["sort"].([]any); len(sort) > 0 {
		first, _ := sort[0].(object)
		if first["property"] != "receivedAt" {
			return nil, &methodError{"unsupportedSort", ""}
		}
		ascending = first["isAscending"] != false
	}
	position, limit := numberAt(args, "position", 0), min(numberAt(args, "limit", maxObjects), maxObjects)
	if position < 0 || limit < 0 {
		return nil, &methodError{"invalidArguments", "position and limit must not be negative"}
	}
	j.read(func() {
		found := slices.DeleteFunc(slices.Clone(j.Messages), func(m *message) bool {
			box, inBox := filter["inMailbox"].(string)
			return inBox && !m.MailboxIDs[box] || !before.IsZero() && !m.ReceivedAt.Before(before) || m.ReceivedAt.Before(after)
		})
		slices.SortStableFunc(found, func(a, b *message) int {
			if ascending {
				return a.ReceivedAt.Compare(b.ReceivedAt)
			}
			return b.ReceivedAt.Compare(a.ReceivedAt)
		})
		ids := []string{}
		for _, m := range found[min(position, len(found)):min(position+limit, len(found))] {
			ids = append(ids, m.ID)
		}
		answer = object{"queryState": j.state(), "canCalculateChanges": false, "position": position, "total": len(found), "ids": ids}
	})
	return answer, failed
}

func (j *jmapServer) emailGet(args object) (answer object, failed *methodError) {
	j.read(func() {
		var all []object
		for _, m := range j.Messages {
			all = append(all, object{"id": m.ID, "threadId": "T" + m.ID, "mailboxIds": m.MailboxIDs, "keywords": object{},
				"receivedAt": m.ReceivedAt.Format(time.RFC3339), "subject": m.Subject, "preview": m.Subject, "hasAttachment": false,
				"from": []object{{"name": cmp.Or(m.FromName, m.FromEmail), "email": m.FromEmail}},
				"to":   []object{{"name": nil, "email": j.username}}})
		}
		answer, failed = get(args, j.state(), all)
		answer, _ = generic(answer).(object) // a copy: the message may change before the answer is written
	})
	return answer, failed
}
