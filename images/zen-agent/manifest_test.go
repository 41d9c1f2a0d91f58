package main

import (
	"strings"
	"testing"

	kyaml "sigs.k8s.io/yaml"
)

const manifestFile = `# kept
---
# of the shop
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web # the shop
  namespace: shop
spec:
  replicas: 1   # of a person
  template:
    spec:
      containers:
      - name: side
        image: side:1
      - name: web
        image: web:1
        args: [a, b]
`

var web = subject{APIVersion: "apps/v1", Kind: "Deployment", Namespace: "shop", Name: "web"}

func changed(t *testing.T, patch string) map[string]any {
	t.Helper()
	change, err := changeOf(remediation{Target: web, Patch: patch})
	must(t, err)
	return change
}

func TestIntoManifestSetsFieldsAndKeepsTheRest(t *testing.T) {
	change := changed(t, `{spec: {replicas: 3, template: {spec: {containers: [{name: web, args: [c], resources: {limits: {cpu: 1}}}, {name: new}]}}}}`)
	got, err := intoManifest(manifestFile, web, change)
	must(t, err)
	want := strings.NewReplacer(
		"replicas: 1   # of a person", "replicas: 3 # of a person",
		"args: [a, b]\n", "args:\n        - c\n        resources:\n          limits:\n            cpu: 1\n      - name: new\n",
	).Replace(manifestFile)
	if got != want {
		t.Fatalf("got\n%s\nwant\n%s", got, want)
	}
	again, err := intoManifest(got, web, change)
	if err != nil || again != got {
		t.Fatalf("a second time it changes\n%s\n%v", again, err)
	}
}

func TestIntoManifestRefusesAFileOfOthers(t *testing.T) {
	for _, file := range []string{
		"", "# nothing\n", "---\n", "kind: [", "replicas: 1\n", "- a\n", manifestFile + manifestFile, manifestFile + "---\nkind: Secret\n",
		"kind: Secret\n---\n" + manifestFile, manifestFile + "--- # another\nkind: Secret\n", manifestFile + "...\nkind: Secret\n",
		strings.Replace(manifestFile, "name: web", "name: shop", 1), strings.Replace(manifestFile, "  namespace: shop\n", "", 1),
		strings.Replace(manifestFile, "namespace: shop", "namespace: mail", 1), strings.Replace(manifestFile, "apps/v1", "apps/v1beta1", 1),
		strings.Replace(manifestFile, "kind: Deployment", "kind: Deployment\nkind: Secret", 1),
		strings.Replace(manifestFile, "kind: Deployment", "kind: List\nitems: []", 1),
		strings.Replace(manifestFile, "spec:", "x: &x {replicas: 2}\nspec: *x\ny:", 1),
	} {
		if got, err := intoManifest(file, web, changed(t, "{spec: {replicas: 3}}")); reasonOf(err) != "manifest" || got != "" {
			t.Errorf("%v of\n%s", err, file)
		}
	}
}

func TestChangeOfRefuses(t *testing.T) {
	secret := web
	secret.APIVersion, secret.Kind = "v1", "Secret"
	own := web
	own.APIVersion, own.Kind = apiVersion, "ZenAgentRemediation"
	for _, one := range []struct {
		target      subject
		patch, says string
	}{
		{secret, "{data: {a: b}}", "a Secret is never changed"},
		{own, "{spec: {}}", "objects of zen.kube-zen.io are never changed"},
		{web, "{kind: Secret, spec: {}}", "the patch has kind Secret, and the target Deployment"},
		{web, "{metadata: {name: other}}", "metadata.name other; only labels and annotations"},
		{web, "{metadata: {finalizers: []}}", "metadata.finalizers"},
		{web, "{status: {}}", "the patch has a status"},
		{web, "{apiVersion: apps/v1, kind: Deployment}", "the patch sets nothing"},
		{web, "- a", "no YAML object"},
		{web, "{spec: {replicas: 1}}\n---\nkind: Secret\n", "more than one document"},
		{web, "{spec: {replicas: 1}}\n...\n---\n{spec: {replicas: 9}}\n", "more than one document"},
		{web, "{spec: {replicas: 1, replicas: 2}}", "no YAML object"},
	} {
		if _, err := changeOf(remediation{Target: one.target, Patch: one.patch}); err == nil || !strings.Contains(err.Error(), one.says) {
			t.Errorf("%s: %v", one.patch, err)
		}
	}
}

func TestCarries(t *testing.T) {
	live := map[string]any{"a": int64(1), "l": []any{map[string]any{"name": "x", "cpu": "500m"}, map[string]any{"name": "y"}}, "s": "t"}
	for _, one := range []struct {
		change any
		want   bool
	}{
		{map[string]any{"a": int64(1), "s": "t"}, true},
		{map[string]any{"a": float64(1)}, true},
		{map[string]any{"a": int64(2)}, false},
		{map[string]any{"a": "1"}, false},
		{map[string]any{"b": int64(1)}, false},
		{map[string]any{"l": []any{map[string]any{"name": "x", "cpu": "0.5"}}}, true},
		{map[string]any{"l": []any{map[string]any{"name": "y", "cpu": "0.5"}}}, false},
	} {
		if carries(live, one.change) != one.want {
			t.Errorf("%v", one.change)
		}
	}
}

// A key is written so that every reader takes it for the text it is.
func TestKeysStayTexts(t *testing.T) {
	target := subject{APIVersion: "v1", Kind: "ConfigMap", Namespace: "shop", Name: "web"}
	file := "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  namespace: shop\ndata:\n  a: b\n"
	keys := map[string]any{"yes": "1", "0x10": "2", "null": "3", "~": "4", "1.5": "5", "a b: c": "6"}
	text, err := intoManifest(file, target, map[string]any{"data": keys})
	must(t, err)
	var read struct {
		Data map[string]string `json:"data"`
	}
	must(t, kyaml.Unmarshal([]byte(text), &read))
	for key, value := range keys {
		if read.Data[key] != value {
			t.Fatalf("%q is lost in\n%s", key, text)
		}
	}
}
