package main

import "slices"

// addressBook is every contact and every group.
type addressBook []card

// group returns the contact group of that name, or nil.
func (b addressBook) group(name string) *card {
	if i := slices.IndexFunc(b, func(c card) bool { return c.Kind == "group" && c.Name == name }); i >= 0 {
		return &b[i]
	}
	return nil
}

// contact returns the first contact with that address, or nil.
func (b addressBook) contact(email string) *card {
	if i := slices.IndexFunc(b, func(c card) bool { return c.Kind != "group" && slices.Contains(c.Emails, email) }); i >= 0 {
		return &b[i]
	}
	return nil
}

// categoriesOf lists the categories whose group holds the sender, and whether the contact is of another type than one of them expects.
func (b addressBook) categoriesOf(email string, all []Category) (found []Category, doubtful bool) {
	sender := b.contact(email)
	if sender == nil || email == "" {
		return nil, false
	}
	for _, category := range all {
		if group := b.group(category.Name); group != nil && slices.Contains(group.Members, sender.UID) {
			found = append(found, category)
			doubtful = doubtful || (category.ContactType == "person") != (sender.Kind == "individual")
		}
	}
	return found, doubtful
}
