package main

import (
	"slices"
	"strings"
	"unicode"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// unapproved says why an order does not count as approved; "" when it does. What is not said is not approved.
func (c Config) unapproved(one order) string {
	switch {
	case !strings.ContainsFunc(one.ApprovedBy, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }):
		return "not approved: the order does not say who approved it"
	case one.ApprovedVia == "":
		return "not approved: the order does not say by which way it was approved"
	case !slices.Contains(c.Approvals, one.ApprovedVia):
		return "approvals by " + one.ApprovedVia + " are not switched on; switched on: " + strings.Join(c.Approvals, ", ")
	}
	return ""
}

// approverOf gives who approved a remediation, by its status: nobody but the agent, and who may write a status, says so.
func approverOf(object *unstructured.Unstructured) string {
	return strings.Join(strings.Fields(keptOf(object, "approvedBy")), " ")
}
