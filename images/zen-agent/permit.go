package main

import (
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
)

// permits says why the agent may not change a target, whether by an apply or by a commit. It is asked before every change and every
// rollback: RBAC, which holds an apply back, does not hold a commit, which others apply with rights of their own.
func (e *executor) permits(spec remediation) error {
	target := spec.Target
	if strings.HasSuffix(target.Kind, "List") {
		return refuse("target", "a %s is no single object; a remediation changes one", target.Kind)
	}
	if !e.config.may(target.Namespace) {
		where := "namespace " + target.Namespace
		if target.Namespace == "" {
			where = "objects of the whole cluster"
		}
		return refuse("target", "the agent may not change %s; allowed: %s", where, named(e.config.Namespaces))
	}
	byCommit := spec.ExecutionMode == "gitops-immediate"
	if byCommit && target.Namespace == e.config.Namespace {
		return refuse("target", "namespace %s is the agent's own: what holds the agent is not changed by it", target.Namespace)
	}
	mapping, err := e.kube.kindOf(target)
	if err != nil {
		return err
	}
	if whole := mapping.Scope.Name() == meta.RESTScopeNameRoot; whole && (target.Namespace != "" || byCommit) {
		return refuse("target", "a %s belongs to the whole cluster, and to no namespace; a commit changes objects of namespaces alone", target.Kind)
	}
	if kind := mapping.Resource.GroupResource().String(); !slices.Contains(e.config.Kinds, kind) {
		return refuse("target", "%s is none of the kinds that a remediation may change: %s; rbac.remediationKinds of its chart says which",
			kind, named(e.config.Kinds))
	}
	return nil
}

// ownBranch is the branch of a remediation's commits, unless it names one that is allowed.
func ownBranch(name string) string { return "zen/" + name }

// permitsBranch says why the agent may not commit to the branch of a remediation: one that is neither its own nor allowed by name. What
// reaches a branch that is delivered from was then reviewed, or was meant to need no review.
func (c Config) permitsBranch(name, branch string) error {
	allowed := append([]string{ownBranch(name)}, c.Branches...)
	if !slices.Contains(allowed, branch) {
		return refuse("git", "the agent may not commit to the branch %s; allowed: %s", branch, named(allowed))
	}
	return nil
}

func named(all []string) string {
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, ", ")
}
