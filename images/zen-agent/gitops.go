package main

import (
	"context"
	"log/slog"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// stepGitops commits the change, waits until it has arrived in the cluster, and then validates it.
func (e *executor) stepGitops(ctx context.Context, object *unstructured.Unstructured, spec remediation) error {
	if _, done := since(object, applied); done {
		return e.validate(ctx, object, spec)
	}
	at, done := since(object, committed)
	if !done {
		if err := e.probes.permittedNow(ctx, e.kube, spec.Target); err != nil {
			return e.fails(ctx, object, spec, err)
		}
		return e.commit(ctx, object, spec)
	}
	arrived, err := e.hasArrived(ctx, object, spec)
	if err != nil {
		return err
	}
	if arrived {
		next, err := e.kube.setStatus(ctx, object, func(s status) {
			s.meet(applied, "Synced", "the object carries the commit", object.GetGeneration(), e.now())
		})
		if err != nil {
			return err
		}
		return e.validate(ctx, next, spec)
	}
	if e.now().Sub(at) < e.config.GitTime {
		return nil
	}
	return e.end(ctx, object, spec, failed, "the commit has not arrived in the cluster within "+e.config.GitTime.String()+
		"; it stays in the repository")
}

// commit makes the commit, once: what is found in the branch is not made again. Without a patch, someone else commits.
func (e *executor) commit(ctx context.Context, object *unstructured.Unstructured, spec remediation) error {
	reason, message, hash := "Elsewhere", "someone else commits the change", ""
	var err error
	if spec.Patch == "" {
		err = e.permits(spec)
	} else {
		hash, err = e.push(ctx, object, spec)
	}
	if err != nil {
		return e.fails(ctx, object, spec, err)
	}
	if spec.Patch != "" {
		reason, message = "Pushed", hash+" on "+spec.Gitops.Branch
		if hash == "" {
			reason, message = "NothingToCommit", spec.Gitops.Path+" has the change already"
		}
	}
	slog.Info("committed", "remediation", object.GetName(), "what", message)
	_, err = e.kube.setStatus(ctx, object, func(s status) {
		s.meet(committed, reason, message, object.GetGeneration(), e.now())
		if hash != "" {
			s["commit"] = hash
		}
	})
	return err
}

// hasArrived tells whether the target carries the change. It looks every so often, or when a webhook gives reason to.
func (e *executor) hasArrived(
	ctx context.Context, object *unstructured.Unstructured, spec remediation,
) (bool, error) {
	now := e.now()
	e.mu.Lock()
	before := e.looked[object.GetUID()]
	e.mu.Unlock()
	if e.config.Webhook {
		if !isTold(object, spec, before) {
			return false, nil
		}
	} else if now.Sub(before) < e.config.GitPoll {
		return false, nil
	}
	_, live, err := e.kube.live(ctx, spec.Target)
	if _, gone := err.(*refusal); err != nil && !gone {
		return false, err
	}
	e.mu.Lock()
	e.looked[object.GetUID()] = now
	e.mu.Unlock()
	return err == nil && carried(live, spec) == nil, nil
}

// open fetches the branch of a remediation, where the agent may change the target, the branch and the repository.
func (e *executor) open(ctx context.Context, object *unstructured.Unstructured, spec remediation) (*repository, error) {
	if err := e.permits(spec); err != nil {
		return nil, err
	}
	if err := e.config.permitsBranch(object.GetName(), spec.Gitops.Branch); err != nil {
		return nil, err
	}
	return openRepository(ctx, e.config, *spec.Gitops)
}

func (e *executor) push(ctx context.Context, object *unstructured.Unstructured, spec remediation) (string, error) {
	repo, err := e.open(ctx, object, spec)
	if err != nil {
		return "", err
	}
	mark := markOf(object)
	if hash := repo.find(mark); hash != "" {
		return hash, nil
	}
	change, err := changeOf(spec)
	if err != nil {
		return "", err
	}
	before, err := repo.read(spec.Gitops.Path)
	if err != nil {
		return "", err
	}
	after, err := intoManifest(before, spec.Target, change)
	if err != nil || after == before {
		return "", err
	}
	message := "Remediate " + spec.Target.String() + "\n\nApproved by: " + approverOf(object) + "\n" + mark + "\n"
	return repo.push(ctx, spec.Gitops.Path, after, message)
}

// revert takes the commit back by another one.
func (e *executor) revert(ctx context.Context, object *unstructured.Unstructured, spec remediation) error {
	hash := keptOf(object, "commit")
	if hash == "" {
		return refuse("git", "the agent made no commit that could be reverted")
	}
	repo, err := e.open(ctx, object, spec)
	if err != nil {
		return err
	}
	mark := "Zen-Reverts: " + hash
	if repo.find(mark) != "" {
		return nil
	}
	before, err := repo.before(hash, markOf(object), spec.Gitops.Path)
	if err == nil {
		err = checkManifest(before, spec.Target)
	}
	if err != nil {
		return err
	}
	_, err = repo.push(ctx, spec.Gitops.Path, before, "Revert the remediation of "+spec.Target.String()+"\n\n"+mark+"\n")
	return err
}

// markOf is the line by which the commit of a remediation is found again.
func markOf(object *unstructured.Unstructured) string {
	return "Zen-Remediation: " + object.GetNamespace() + "/" + object.GetName() + " " + string(object.GetUID())
}
