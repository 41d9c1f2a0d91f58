package main

import (
	"context"
	"log/slog"
)

// file moves one message to the mailbox of its sender's category and reports whether it did. The message stays where it is when
// the sender is unknown, when the mailbox does not exist, or when the sender is in several groups; then it gets the error label.
func (a *account) file(ctx context.Context, config Config, m message) (bool, error) {
	errorLabel, warningLabel := a.boxes.find(mailboxPath{config.ErrorLabel}), a.boxes.find(mailboxPath{config.WarningLabel})
	categories, doubtful := a.book.categoriesOf(m.sender(), config.Categories)
	switch {
	case len(categories) == 0:
		slog.Debug("sender is in no contact group", "message", m.ID)
		return false, nil
	case len(categories) > 1 && (errorLabel == "" || m.MailboxIDs[errorLabel]):
		return false, nil
	case len(categories) > 1:
		slog.Error("sender is in several contact groups", "message", m.ID, "first", categories[0].Name, "second", categories[1].Name)
		return false, a.mail.refile(ctx, m.ID, nil, []string{errorLabel})
	}
	category := categories[0]
	path := config.mailboxOf(category)
	target := a.boxes.find(path)
	if target == "" {
		return false, nil
	}
	in, out := []string{target}, []string{a.boxes.find(mailboxPath{config.Screener})}
	if doubtful && config.Warnings && warningLabel != "" {
		slog.Warn("contact is of another type than its category expects", "message", m.ID, "category", category.Name, "expected", category.ContactType)
		in = append(in, warningLabel)
	}
	if m.MailboxIDs[errorLabel] {
		out = append(out, errorLabel)
	}
	if err := a.mail.refile(ctx, m.ID, out, in); err != nil {
		return false, err
	}
	slog.Info("message sorted", "message", m.ID, "category", category.Name, "mailbox", path)
	return true, nil
}
