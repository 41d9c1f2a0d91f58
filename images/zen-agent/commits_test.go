package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// put adds files to the default branch of the repository.
func (f *forge) put(t *testing.T, files map[string]string) {
	t.Helper()
	work := filepath.Join(filepath.Dir(f.dir), "work")
	for name, text := range files {
		write(t, filepath.Join(work, name), text)
	}
	f.run(t, work, "add", ".")
	f.run(t, work, "-c", "user.name=p", "-c", "user.email=p@example.com", "commit", "--quiet", "-m", "files")
	f.run(t, work, "push", "--quiet", "origin", "HEAD:main")
}

// refs are the branches of the repository, with their commits.
func (f *forge) refs(t *testing.T) string {
	t.Helper()
	return f.run(t, f.dir, "for-each-ref")
}

// byCommit orders a change by a commit to the agent's own branch.
func (a *agent) byCommit(t *testing.T, f *forge, name, patch string, target, in map[string]any) {
	t.Helper()
	gitops := map[string]any{"repository": f.in.Repository, "path": f.in.Path}
	for key, one := range in {
		gitops[key] = one
	}
	more := map[string]any{"gitops": gitops}
	if target != nil {
		more["target"] = target
	}
	a.order(t, name, "gitops-immediate", patch, more)
}

func ofWeb(version, kind, namespace string) map[string]any {
	return map[string]any{"apiVersion": version, "kind": kind, "namespace": namespace, "name": "web"}
}

// What a commit may change is what an apply may: nothing but an object of an allowed kind in an allowed namespace, in a file of its own.
func TestNothingElseIsCommitted(t *testing.T) {
	const replicas = "spec: {replicas: 3}"
	ofShop := strings.Replace(webFile, "namespace: shop", "namespace: %", 1)
	for title, one := range map[string]struct {
		patch      string
		target, in map[string]any
		says       string
	}{
		"a List in a new file": {"items: [{apiVersion: v1, kind: Secret, metadata: {name: a}}]", ofWeb("v1", "List", "shop"),
			map[string]any{"path": "list.yaml"}, "a List is no single object"},
		"a List of one kind": {"items: [{metadata: {name: a}}]", ofWeb("v1", "SecretList", "shop"),
			map[string]any{"path": "list.yaml"}, "a SecretList is no single object"},
		"a List that is there": {"items: [{apiVersion: v1, kind: Secret, metadata: {name: a}}]", ofWeb("v1", "List", "shop"),
			map[string]any{"path": "there.yaml"}, "a List is no single object"},
		"an object of the cluster with a namespace": {"subjects: []", ofWeb("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "shop"),
			map[string]any{"path": "role.yaml"}, "a ClusterRoleBinding belongs to the whole cluster"},
		"a kind that no remediation may change": {"spec: {type: NodePort}", ofWeb("v1", "Service", "shop"),
			map[string]any{"path": "service.yaml"}, "services is none of the kinds that a remediation may change: deployments.apps; rbac.remediationKinds"},
		"items, which make a list of any object": {"items: [{apiVersion: v1, kind: Secret, metadata: {name: a}}]", nil, nil, "the file has no items"},
		"a field that the file has not":          {"rules: []", nil, nil, "the file has no rules; a commit sets metadata, spec and what the file has"},
		"a key that is a merge to other readers": {`"<<": {apiVersion: v1, kind: Secret, metadata: {name: a}}`, nil, nil, "the file has no <<"},
		"a merge further down":                   {`spec: {"<<": {replicas: 3}}`, nil, nil, "the file has a key <<"},
		"a template of Helm":                     {`metadata: {annotations: {note: '{{ "\n---\nkind: Secret" }}'}}`, nil, nil, "would be replaced by what delivers the file"},
		"a template in a key":                    {`metadata: {annotations: {"{{ a }}": b}}`, nil, nil, "would be replaced by what delivers the file"},
		"a variable of Flux":                     {`spec: {list: [{name: "${PASSWORD}"}]}`, nil, nil, "would be replaced by what delivers the file"},
		"a secret of a plugin of Argo CD":        {`metadata: {labels: {a: "<path:secret/data/a#b>"}}`, nil, nil, "would be replaced by what delivers the file"},
		"a kind that is not served":              {replicas, ofWeb("apps/v1", "Widget", "shop"), nil, "does not serve apps/v1 Widget"},
		"another namespace":                      {replicas, ofWeb("apps/v1", "Deployment", "mail"), nil, "may not change namespace mail; allowed: shop, zen"},
		"the agent's own namespace":              {replicas, ofWeb("apps/v1", "Deployment", "zen"), nil, "namespace zen is the agent's own"},
		"a Secret":                               {"data: {a: b}", ofWeb("v1", "Secret", "shop"), nil, "a Secret is never changed"},
		"a file that is not there":               {replicas, nil, map[string]any{"path": "new.yaml"}, "new.yaml is not there; a remediation changes a file, it makes none"},
		"an empty file":                          {replicas, nil, map[string]any{"path": "empty.yaml"}, "the file has no object"},
		"another kind in the file":               {replicas, nil, map[string]any{"path": "service.yaml"}, "the file is not of Deployment shop/web"},
		"another name in the file":               {replicas, nil, map[string]any{"path": "mail.yaml"}, "the file is not of Deployment shop/web"},
		"another namespace in it":                {replicas, nil, map[string]any{"path": "elsewhere.yaml"}, "the file is not of Deployment shop/web"},
		"no namespace in it":                     {replicas, nil, map[string]any{"path": "nowhere.yaml"}, "the file is not of Deployment shop/web"},
		"several objects in the file":            {replicas, nil, map[string]any{"path": "several.yaml"}, "more than one document"},
		"a link":                                 {replicas, nil, map[string]any{"path": "link.yaml"}, "link.yaml is no file"},
		"several documents":                      {replicas + "\n---\nkind: Secret\n", nil, nil, "more than one document"},
		"the default branch":                     {replicas, nil, map[string]any{"branch": "main"}, "may not commit to the branch main; allowed: zen/fix"},
		"another's branch":                       {replicas, nil, map[string]any{"branch": "zen/other"}, "may not commit to the branch zen/other; allowed: zen/fix"},
	} {
		t.Run(title, func(t *testing.T) {
			a, f := inGit(t, "NAMESPACES=shop,zen")
			f.run(t, filepath.Join(filepath.Dir(f.dir), "work"), "config", "core.symlinks", "true")
			f.link(t, "link.yaml", "web.yaml")
			f.put(t, map[string]string{
				"there.yaml":     "apiVersion: v1\nkind: List\nmetadata: {name: web}\nitems: []\n",
				"empty.yaml":     "# nothing\n",
				"mail.yaml":      strings.Replace(webFile, "name: web", "name: mail", 1),
				"elsewhere.yaml": strings.Replace(ofShop, "%", "mail", 1), "nowhere.yaml": strings.Replace(ofShop, "  namespace: %\n", "", 1),
				"service.yaml": "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\n",
				"role.yaml":    "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: web}\n",
				"several.yaml": webFile + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: web, namespace: shop}\n",
			})
			before := f.refs(t)
			a.byCommit(t, f, "fix", one.patch, one.target, one.in)
			a.round(t)
			a.expect(t, "fix", failed, one.says)
			if after := f.refs(t); after != before {
				t.Fatalf("it was pushed\n%s", after)
			}
		})
	}
}

func TestABranchThatIsAllowedIsCommittedTo(t *testing.T) {
	a, f := inGit(t, "GIT_BRANCHES=main,release")
	a.byCommit(t, f, "fix", "spec: {replicas: 3}", nil, map[string]any{"branch": "main"})
	a.round(t)
	if got := f.run(t, f.dir, "show", "main:web.yaml"); !strings.Contains(got, "replicas: 3") {
		t.Fatal(got)
	}
}

// A limit that was drawn closer meanwhile holds for what is under way, and for what is taken back.
func TestALimitHoldsForEveryStep(t *testing.T) {
	a, f := inGit(t, "VALIDATION_PROBES=kubernetes", "ROLLBACK_MODES=git-revert")
	a.byCommit(t, f, "fix", "spec: {replicas: 3}", nil, nil)
	a.round(t)
	a.sync(t, 3)
	a.clock = a.clock.Add(11 * time.Second)
	a.round(t)
	before := f.refs(t)
	config, err := loadConfig(given(t, "EXECUTION_MODES=gitops-immediate", "VALIDATION_PROBES=kubernetes", "ROLLBACK_MODES=git-revert",
		"GIT_DIR="+f.config.GitDir, "GIT_REPOSITORIES="+f.in.Repository, "REMEDIATION_KINDS=services"))
	must(t, err)
	other := of(a.cluster, config)
	other.clock = a.clock.Add(121 * time.Second)
	other.round(t)
	other.expect(t, "fix", failed, "the rollback failed: deployments.apps is none of the kinds")
	if after := f.refs(t); after != before {
		t.Fatalf("it was pushed\n%s", after)
	}
}

// The kinds are those of an apply too: RBAC is not the only limit.
func TestAnApplyIsHeldToTheSameKinds(t *testing.T) {
	for says, one := range map[string]struct{ kinds, version, kind string }{
		"deployments.apps is none of the kinds that a remediation may change: services": {"services", "apps/v1", "Deployment"},
		"deployments.apps is none of the kinds that a remediation may change: none":     {"", "apps/v1", "Deployment"},
		"a ClusterRoleBinding belongs to the whole cluster":                             {"deployments.apps", "rbac.authorization.k8s.io/v1", "ClusterRoleBinding"},
	} {
		a := newAgent(t, "REMEDIATION_KINDS="+one.kinds)
		a.deploy(t, "helm", shop)
		a.order(t, "fix", "ssa-immediate", "spec: {replicas: 2}", map[string]any{"target": ofWeb(one.version, one.kind, "shop")})
		a.round(t)
		a.expect(t, "fix", failed, says)
	}
}
