package main

import "k8s.io/pod-security-admission/policy"

// check is what upstream says of a check beside its function.
type check struct {
	ID       string     `json:"id"`
	Level    string     `json:"level"`
	Versions []revision `json:"versions"`
}

type revision struct {
	Since     string   `json:"since"`
	Overrides []string `json:"overrides"`
}

func checks() any {
	all := []check{}
	for _, known := range policy.DefaultChecks() {
		revisions := []revision{}
		for _, version := range known.Versions {
			overrides := []string{}
			for _, id := range version.OverrideCheckIDs {
				overrides = append(overrides, string(id))
			}
			revisions = append(revisions, revision{version.MinimumVersion.String(), overrides})
		}
		all = append(all, check{string(known.ID), string(known.Level), revisions})
	}
	return map[string][]check{"checks": all}
}
