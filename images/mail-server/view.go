package main

// view is the account as people and tests read it: names instead of ids.
type view struct {
	Mailboxes []mailboxView `json:"mailboxes"`
	Groups    []groupView   `json:"groups"`
	Contacts  []contactView `json:"contacts"`
	Faults    fault         `json:"faults"`
}

type mailboxView struct {
	Path     string        `json:"path"`
	Messages []messageView `json:"messages"` // oldest first
}

type messageView struct {
	From       string `json:"from"`
	Subject    string `json:"subject"`
	ReceivedAt string `json:"receivedAt"`
}

type groupView struct {
	Name    string   `json:"name"`
	Members []string `json:"members"` // names of contacts
}

type contactView struct {
	Name   string   `json:"name"`
	Kind   string   `json:"kind"`
	Emails []string `json:"emails"`
}

func (s *store) view(f *faults) view {
	v := view{Mailboxes: []mailboxView{}, Groups: []groupView{}, Contacts: []contactView{}, Faults: f.current()}
	s.read(func() {
		for _, box := range s.Mailboxes {
			shown := mailboxView{s.path(box), []messageView{}}
			for _, m := range s.in(box.ID) {
				from := m.FromEmail
				if m.FromName != "" {
					from = m.FromName + " <" + m.FromEmail + ">"
				}
				shown.Messages = append(shown.Messages, messageView{from, m.Subject, m.ReceivedAt.Format("2006-01-02T15:04:05Z")})
			}
			v.Mailboxes = append(v.Mailboxes, shown)
		}
		for _, c := range s.Cards {
			if c.Kind != "group" {
				v.Contacts = append(v.Contacts, contactView{c.Name, c.Kind, c.Emails})
				continue
			}
			group := groupView{c.Name, []string{}}
			for _, uid := range c.Members {
				if member := s.card(uid); member != nil {
					group.Members = append(group.Members, member.Name)
				}
			}
			v.Groups = append(v.Groups, group)
		}
	})
	return v
}
