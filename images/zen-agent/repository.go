package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-billy/v5/memfs"
	"github.com/go-git/go-git/v5"
	gitconfig "github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/transport"
	"github.com/go-git/go-git/v5/plumbing/transport/client"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"
	"github.com/go-git/go-git/v5/storage/memory"
)

// history is how many commits are fetched: the remediation's own and the one before it have to be among them.
const history = 100

// A repository that sends the agent elsewhere is not followed: what is there was not allowed.
func init() {
	client.InstallProtocol("https", githttp.NewClientWithOptions(nil, &githttp.ClientOptions{RedirectPolicy: githttp.NoFollowRedirects}))
}

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
	at, err := config.repositoryAt(in.Repository)
	if err != nil {
		return nil, err
	}
	in.Repository = at.String()
	if !fs.ValidPath(in.Path) || slices.Contains(strings.Split(strings.ToLower(in.Path), "/"), ".git") {
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
		return nil, gitFailure(err, at.host)
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
		if hasLine(at.Message, mark) {
			return at.Hash.String()
		}
		at, err = at.Parent(0)
	}
	return ""
}

func hasLine(text, line string) bool { return slices.Contains(strings.Split(text, "\n"), line) }

// read gives a file, which has to be there.
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
		return "", refuse("git", "%s is not there; a remediation changes a file, it makes none", file)
	}
	if err != nil {
		return "", err
	}
	if !found.Mode.IsRegular() && found.Mode != filemode.Executable {
		return "", refuse("git", "%s is no file of text", file)
	}
	return found.Contents()
}

// before gives a file as it was before a commit with a line in its message; it fails when the file was changed since.
func (r *repository) before(hash, mark, file string) (string, error) {
	commit, err := r.git.CommitObject(plumbing.NewHash(hash))
	if err == nil && !hasLine(commit.Message, mark) {
		return "", refuse("git", "commit %s is not of this remediation", hash)
	}
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

// push commits a change of a file, which has to be there, and gives the commit.
func (r *repository) push(ctx context.Context, file, text, message string) (string, error) {
	if _, err := r.read(file); err != nil {
		return "", err
	}
	tree, err := r.git.Worktree()
	if err != nil {
		return "", err
	}
	if !r.isThat {
		if err := tree.Checkout(&git.CheckoutOptions{Branch: plumbing.NewBranchReferenceName(r.in.Branch), Create: true}); err != nil {
			return "", err
		}
	}
	if err := r.write(tree, file, text); err != nil {
		return "", err
	}
	if _, err := tree.Add(file); err != nil {
		return "", err
	}
	who := &object.Signature{Name: manager, Email: "zen-agent@kube-zen.io", When: time.Now()}
	hash, err := tree.Commit(message, &git.CommitOptions{Author: who})
	if err != nil {
		return "", err
	}
	branch := plumbing.NewBranchReferenceName(r.in.Branch)
	alone := []gitconfig.RefSpec{gitconfig.RefSpec(branch + ":" + branch)}
	err = r.git.PushContext(ctx, &git.PushOptions{Auth: r.auth, CABundle: r.ca, RefSpecs: alone})
	if err != nil {
		return "", gitFailure(err, r.in.Repository)
	}
	return hash.String(), nil
}

func (r *repository) write(tree *git.Worktree, file, text string) error {
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
