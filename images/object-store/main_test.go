package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// from gives an environment of these variables and no others.
func from(variables map[string]string) func(string) string {
	return func(name string) string { return variables[name] }
}

// with is the least that is needed, and these variables.
func with(variables map[string]string) func(string) string {
	all := map[string]string{"AWS_ACCESS_KEY_ID": "root", "AWS_SECRET_ACCESS_KEY": "root-secret"}
	for name, value := range variables {
		all[name] = value
	}
	return from(all)
}

func TestArgumentsFromTheEnvironment(t *testing.T) {
	given, wrong := arguments(with(map[string]string{
		"OBJECT_STORE_DATA":          "/volume",
		"OBJECT_STORE_BUCKETS":       "floe,raw",
		"OBJECT_STORE_TABLE_BUCKETS": "iceberg",
		"OBJECT_STORE_URL":           "http://store:8333",
	}))
	if len(wrong) != 0 {
		t.Fatalf("refused: %v", wrong)
	}
	for _, one := range []string{
		"-dir=/volume", "-bucket=floe,raw", "-tableBucket=iceberg", "-s3.externalUrl=http://store:8333",
		"-ip.bind=0.0.0.0", "-admin.ui=false", "-webdav=false", "-s3.port.lance=0", "-master.telemetry=false",
	} {
		if !slices.Contains(given, one) {
			t.Errorf("no %s in %v", one, given)
		}
	}
}

func TestDefaults(t *testing.T) {
	given, _ := arguments(with(nil))
	for _, one := range []string{"-dir=/data", "-bucket=", "-tableBucket="} {
		if !slices.Contains(given, one) {
			t.Errorf("no %s in %v", one, given)
		}
	}
	isOwn := func(one string) bool {
		return strings.HasPrefix(one, "-s3.externalUrl=http://") && strings.HasSuffix(one, ":8333") && one != "-s3.externalUrl=http://:8333"
	}
	if !slices.ContainsFunc(given, isOwn) {
		t.Errorf("no address of its own in %v", given)
	}
}

func TestNoCredentialIsAnArgument(t *testing.T) {
	given, _ := arguments(with(map[string]string{"OBJECT_STORE_USER_ACCESS_KEY_ID": "user", "OBJECT_STORE_USER_SECRET_ACCESS_KEY": "user-secret"}))
	for _, one := range given {
		for _, secret := range []string{"root", "secret", "user"} {
			if strings.Contains(one, secret) {
				t.Errorf("%s shows a credential", one)
			}
		}
	}
}

func TestEveryMistakeIsNamedAtOnce(t *testing.T) {
	const rootKey, rootSecret = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"
	const userKey, userSecret = "OBJECT_STORE_USER_ACCESS_KEY_ID", "OBJECT_STORE_USER_SECRET_ACCESS_KEY"
	for what, one := range map[string]struct {
		get   func(string) string
		words []string // how each line begins
	}{
		"nothing":              {from(nil), []string{rootKey + " is missing", rootSecret + " is missing"}},
		"no secret":            {from(map[string]string{rootKey: "root"}), []string{rootSecret + " is missing"}},
		"half of a user":       {with(map[string]string{userKey: "user"}), []string{userKey + " and " + userSecret + " belong together"}},
		"the other half":       {with(map[string]string{userSecret: "s"}), []string{userKey + " and " + userSecret + " belong together"}},
		"the administrator's":  {with(map[string]string{userKey: "root", userSecret: "s"}), []string{userKey + " is the administrator's"}},
		"nothing but one half": {from(map[string]string{userKey: "user"}), []string{rootKey, rootSecret, userKey + " and " + userSecret}},
	} {
		_, wrong := arguments(one.get)
		if len(wrong) != len(one.words) {
			t.Errorf("%s: %q", what, wrong)
			continue
		}
		for index, words := range one.words {
			if !strings.HasPrefix(wrong[index], words) {
				t.Errorf("%s: %q instead of %q", what, wrong[index], words)
			}
		}
	}
}

func TestUserManagesNothing(t *testing.T) {
	if text := identities(with(nil)); text != "" {
		t.Errorf("a user without a key: %s", text)
	}
	text := identities(with(map[string]string{
		"OBJECT_STORE_USER_ACCESS_KEY_ID":     "user",
		"OBJECT_STORE_USER_SECRET_ACCESS_KEY": "user-secret",
		"OBJECT_STORE_BUCKETS":                "floe,raw",
		"OBJECT_STORE_TABLE_BUCKETS":          "iceberg",
	}))
	if strings.Contains(text, "user-secret") {
		t.Error("the file holds the secret itself")
	}
	var read struct {
		Identities []struct {
			Credentials []map[string]string
			Actions     []string
		}
	}
	if err := json.Unmarshal([]byte(text), &read); err != nil || len(read.Identities) != 1 {
		t.Fatalf("%v: %s", err, text)
	}
	user := read.Identities[0]
	if key := user.Credentials[0]["accessKey"]; key != "${OBJECT_STORE_USER_ACCESS_KEY_ID}" {
		t.Errorf("key %s", key)
	}
	if secret := user.Credentials[0]["secretKey"]; secret != "${OBJECT_STORE_USER_SECRET_ACCESS_KEY}" {
		t.Errorf("secret %s", secret)
	}
	for _, action := range []string{"Read:floe", "Write:raw", "List:raw", "Write:iceberg", "s3tables:*Table:iceberg"} {
		if !slices.Contains(user.Actions, action) {
			t.Errorf("may not %s", action)
		}
	}
	for _, action := range user.Actions {
		bucket := action[strings.LastIndex(action, ":")+1:]
		if strings.HasPrefix(action, "Admin") || !slices.Contains([]string{"floe", "raw", "iceberg"}, bucket) {
			t.Errorf("may %s", action)
		}
		if strings.HasPrefix(action, "s3tables:") && (bucket != "iceberg" || strings.Contains(action, "TableBucket") && !strings.Contains(action, "Get")) {
			t.Errorf("may %s", action)
		}
	}
}
