package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-billy/v5/memfs"
	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/transport"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"
	"github.com/go-git/go-git/v5/storage/memory"
)

// history is how many commits are fetched: the remediation's own and the one before it have to be among them.
const history = 100

// repository is one branch of a git repository, in memory.
type repository struct {
	in     gitops
	auth   transport.AuthMethod
	ca     []byte
	git    *git.Repository
	isThat bool // the branch is there; else it is made from the default one
}

// openRepository fetches the branch, over https.
func openRepository(ctx context.Context, config Config, in gitops) (*repository, error) {
	address, err := url.Parse(in.Repository)
	if err != nil || address.Scheme != "https" {
		return nil, refuse("git", "the repository %s is not reached by https, which is all that the agent can", in.Repository)
	}
	if !config.mayCommitTo(in.Repository) {
		return nil, refuse("git", "the agent may not commit to %s; allowed: %s", in.Repository, strings.Join(config.Repositories, ", "))
	}
	if !fs.ValidPath(in.Path) || slices.Contains(strings.Split(in.Path, "/"), ".git") {
		return nil, refuse("git", "%s is no path in a repository", in.Path)
	}
	repo := &repository{in: in}
	if err := repo.credentials(config.GitDir); err != nil {
		return nil, err
	}
	branch := plumbing.NewBranchReferenceName(in.Branch)
	if repo.git, err = repo.clone(ctx, branch); err == nil {
		repo.isThat = true
	} else if errors.As(err, &git.NoMatchingRefSpecError{}) || errors.Is(err, plumbing.ErrReferenceNotFound) {
		repo.git, err = repo.clone(ctx, plumbing.HEAD)
	}
	if err != nil {
		return nil, gitFailure(err, address.Host)
	}
	return repo, nil
}

// credentials reads username, password and ca.crt, each where it is there.
func (r *repository) credentials(dir string) error {
	read := func(name string) ([]byte, error) {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if errors.Is(err, os.ErrNotExist) {
			return nil, nil
		}
		return text, err
	}
	user, err := read("username")
	password, also := read("password")
	ca, third := read("ca.crt")
	if len(password) > 0 {
		name := strings.TrimSpace(string(user))
		if name == "" {
			name = manager // a token alone: any name will do
		}
		r.auth = &githttp.BasicAuth{Username: name, Password: strings.TrimSpace(string(password))}
	}
	r.ca = ca
	return errors.Join(err, also, third)
}

func (r *repository) clone(ctx context.Context, reference plumbing.ReferenceName) (*git.Repository, error) {
	return git.CloneContext(ctx, memory.NewStorage(), memfs.New(), &git.CloneOptions{
		URL: r.in.Repository, Auth: r.auth, CABundle: r.ca,
		ReferenceName: reference, SingleBranch: true, Depth: history, Tags: git.NoTags,
	})
}

// find gives the commit with a line in its message; "" when there is none.
func (r *repository) find(mark string) string {
	head, err := r.git.Head()
	if err != nil || !r.isThat {
		return ""
	}
	at, err := r.git.CommitObject(head.Hash())
	for steps := 0; err == nil && steps < history; steps++ {
		if strings.Contains(at.Message, mark+"\n") {
			return at.Hash.String()
		}
		at, err = at.Parent(0)
	}
	return ""
}

// read gives a file; "" when it is not there.
func (r *repository) read(file string) (string, error) {
	head, err := r.git.Head()
	if err != nil {
		return "", err
	}
	return r.fileAt(head.Hash(), file)
}

func (r *repository) fileAt(hash plumbing.Hash, file string) (string, error) {
	commit, err := r.git.CommitObject(hash)
	if err != nil {
		return "", err
	}
	found, err := commit.File(file)
	if errors.Is(err, object.ErrFileNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return found.Contents()
}

// before gives a file as it was before a commit; it fails when the file was changed since.
func (r *repository) before(hash, file string) (string, error) {
	commit, err := r.git.CommitObject(plumbing.NewHash(hash))
	if err != nil || commit.NumParents() == 0 {
		return "", refuse("git", "commit %s is not among the last %d of %s any more", hash, history, r.in.Branch)
	}
	now, err := r.read(file)
	if err != nil {
		return "", err
	}
	then, err := r.fileAt(commit.Hash, file)
	if err != nil {
		return "", err
	}
	if now != then {
		return "", refuse("git", "%s was changed after commit %s; revert it by hand", file, hash)
	}
	return r.fileAt(commit.ParentHashes[0], file)
}

// push commits a file, or that it goes where the text is empty, and gives the commit.
func (r *repository) push(ctx context.Context, file, text, message string) (string, error) {
	tree, err := r.git.Worktree()
	if err != nil {
		return "", err
	}
	if !r.isThat {
		if err := tree.Checkout(&git.CheckoutOptions{Branch: plumbing.NewBranchReferenceName(r.in.Branch), Create: true}); err != nil {
			return "", err
		}
	}
	if text == "" {
		_, err = tree.Remove(file)
	} else if err = r.write(tree, file, text); err == nil {
		_, err = tree.Add(file)
	}
	if err != nil {
		return "", err
	}
	who := &object.Signature{Name: manager, Email: "zen-agent@kube-zen.io", When: time.Now()}
	hash, err := tree.Commit(message, &git.CommitOptions{Author: who})
	if err != nil {
		return "", err
	}
	err = r.git.PushContext(ctx, &git.PushOptions{Auth: r.auth, CABundle: r.ca})
	if err != nil {
		return "", gitFailure(err, r.in.Repository)
	}
	return hash.String(), nil
}

func (r *repository) write(tree *git.Worktree, file, text string) error {
	if err := tree.Filesystem.MkdirAll(path.Dir(file), 0o755); err != nil {
		return err
	}
	out, err := tree.Filesystem.Create(file)
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, text)
	return errors.Join(err, out.Close())
}

// gitFailure says why a repository could not be used: what will not go away as a *refusal, anything else to be tried again.
func gitFailure(err error, host string) error {
	switch {
	case errors.Is(err, transport.ErrAuthenticationRequired), errors.Is(err, transport.ErrAuthorizationFailed):
		return refuse("git", "%s refuses the credentials in ZEN_AGENT_GIT_DIR, or there are none", host)
	case errors.Is(err, transport.ErrRepositoryNotFound):
		return refuse("git", "%s does not know the repository, or does not show it with these credentials", host)
	case errors.Is(err, transport.ErrEmptyRemoteRepository):
		return refuse("git", "the repository has no commit yet")
	}
	return fmt.Errorf("the repository cannot be used: %s", classify(err, host).Sentence)
}

// mayCommitTo tells whether a repository is one of those allowed, or below one; with none named all are.
func (c Config) mayCommitTo(address string) bool {
	return len(c.Repositories) == 0 || slices.ContainsFunc(c.Repositories, func(one string) bool {
		one = strings.TrimSuffix(one, "/")
		return address == one || strings.HasPrefix(address, one+"/")
	})
}
