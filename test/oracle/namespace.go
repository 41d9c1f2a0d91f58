package main

import "k8s.io/pod-security-admission/api"

// modes are the three policies of a namespace, each as "<level>:<version>".
type modes struct {
	Enforce string `json:"enforce"`
	Audit   string `json:"audit"`
	Warn    string `json:"warn"`
}

type namespaceAnswer struct {
	modes
	Errors []string `json:"errors"`
}

func namespacePolicy(asked question) any {
	defaults := api.Policy{}
	given := modes{"privileged:latest", "privileged:latest", "privileged:latest"}
	if asked.Defaults != nil {
		given = *asked.Defaults
	}
	for mode, text := range map[*api.LevelVersion]string{&defaults.Enforce: given.Enforce, &defaults.Audit: given.Audit, &defaults.Warn: given.Warn} {
		parsed, err := parseLevelVersion(text)
		if err != nil {
			return failure{err.Error()}
		}
		*mode = parsed
	}
	policy, problems := api.PolicyToEvaluate(asked.Labels, defaults)
	errors := []string{}
	for _, problem := range problems {
		errors = append(errors, problem.Error())
	}
	return namespaceAnswer{modes{policy.Enforce.String(), policy.Audit.String(), policy.Warn.String()}, errors}
}

func parseLevelVersion(text string) (api.LevelVersion, error) {
	for i := range text {
		if text[i] == ':' {
			level, err := api.ParseLevel(text[:i])
			if err != nil {
				return api.LevelVersion{}, err
			}
			version, err := api.ParseVersion(text[i+1:])
			return api.LevelVersion{Level: level, Version: version}, err
		}
	}
	return api.LevelVersion{}, &missingColon{text}
}

type missingColon struct{ text string }

func (e *missingColon) Error() string { return "policy must be <level>:<version>, got " + e.text }
