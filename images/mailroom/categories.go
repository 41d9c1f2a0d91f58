package main

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// categories reads the mixed list of names and objects (MR-22).
func (r *reader) categories(node *yaml.Node) []Category {
	if absent(node) {
		return slices.Clone(defaultCategories)
	}
	const path = "triage.categories"
	if node.Kind != yaml.SequenceNode || len(node.Content) == 0 {
		r.wrong(node, path, "must be a list of at least one category, got %s", shown(node))
		return nil
	}
	list := make([]Category, len(node.Content))
	for i, item := range node.Content {
		list[i] = r.category(resolve(item), fmt.Sprintf("%s[%d]", path, i))
	}
	return list
}

func (r *reader) category(node *yaml.Node, path string) Category {
	if node.Kind == yaml.ScalarNode {
		name := r.text(node, path, "")
		return Category{Name: name, Mailbox: name, ContactType: "company"}
	}
	keys := r.object(node, path, "name", "destination_mailbox", "parent", "contact_type")
	if keys["name"] == nil {
		r.wrong(node, path, "must have a name")
	}
	name := r.text(keys["name"], path+".name", "")
	path = label(path, name)
	return Category{
		Name:        name,
		Mailbox:     r.text(keys["destination_mailbox"], path+".destination_mailbox", name),
		Parent:      r.text(keys["parent"], path+".parent", ""),
		ContactType: r.choice(keys["contact_type"], path+".contact_type", "company", "company", "person"),
	}
}

// checkCategories finds what only shows when all categories are known: duplicates, parents, and mail that would go in circles.
func (r *reader) checkCategories(list []Category, screener string) {
	for i, c := range list {
		path := label(fmt.Sprintf("triage.categories[%d]", i), c.Name)
		first := slices.IndexFunc(list, func(o Category) bool { return c.Name != "" && strings.EqualFold(o.Name, c.Name) })
		if first >= 0 && first < i {
			r.wrong(nil, path, "has the same name as triage.categories[%d]", first)
		}
		if c.Parent != "" && find(list, c.Parent) == nil {
			r.wrong(nil, path+".parent", "must name a category, got %q", c.Parent)
		} else if len(ancestors(list, c)) > len(list) {
			r.wrong(nil, path+".parent", "must not lead back to the category itself")
		} else if c.Parent == "" && c.Mailbox == screener {
			r.wrong(nil, path, "must not sort into the screener mailbox %q", screener)
		}
	}
}

func label(path, name string) string {
	if name == "" {
		return path
	}
	return path + " (" + name + ")"
}

func find(list []Category, name string) *Category {
	if i := slices.IndexFunc(list, func(c Category) bool { return name != "" && c.Name == name }); i >= 0 {
		return &list[i]
	}
	return nil
}

// ancestors lists the parents of a category, nearest first; a circle is cut after more steps than there are categories.
func ancestors(list []Category, c Category) []Category {
	var chain []Category
	for parent := find(list, c.Parent); parent != nil && len(chain) <= len(list); parent = find(list, parent.Parent) {
		chain = append(chain, *parent)
	}
	return chain
}
