package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"helm.sh/helm/v3/pkg/chart"
	helm "helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/release"
	"helm.sh/helm/v3/pkg/releaseutil"

	"hardened/toolchain/helm-render/chartutil"
)

// renderAnswer is what a chart renders to, and what it asks while it does.
type renderAnswer struct {
	Install *rendering `json:"install,omitempty"`
	// InstallError is why an install does not render; what the chart asked until then is told all the same.
	InstallError string `json:"installError,omitempty"`
	// Upgrade is left out where an upgrade brings the same text as an install.
	Upgrade *rendering `json:"upgrade,omitempty"`
	// UpgradeError is why an upgrade does not render although an install does.
	UpgradeError string `json:"upgradeError,omitempty"`
	// APIs are the APIs whose presence the chart asks for.
	APIs []string `json:"apis,omitempty"`
	// KubeVersion says that it asks for the version of Kubernetes.
	KubeVersion bool `json:"kubeVersion,omitempty"`
	// KubePatch says that it asks for the patch or the vendor of that version, in more than a text it prints.
	KubePatch bool `json:"kubePatch,omitempty"`
	// Asks names what else it asks, such as "Capabilities.HelmVersion".
	Asks    []string `json:"asks,omitempty"`
	Lookups []lookup `json:"lookups,omitempty"`
	// Declared are charts whose lookups are left out of these, by a reason they give.
	Declared []declared `json:"declared,omitempty"`
	// Values are the values files the chart and its subcharts come with, where they were asked for.
	Values []valuesFile `json:"values,omitempty"`
}

// rendering is a text as `helm template --include-crds` prints it, and its documents.
type rendering struct {
	Text      string     `json:"text"`
	Documents []document `json:"documents"`
}

// occasion is a first install, or an upgrade after it.
type occasion struct {
	upgrade  bool
	revision int
}

var (
	firstInstall = occasion{revision: 1}
	nextUpgrade  = occasion{upgrade: true, revision: 2}
)

// render renders a chart plainly, as Helm does, for an install and for an upgrade: these texts are judged. It is rendered once more while it is watched,
// and as a much later upgrade: what they differ in from the plain texts is told.
func render(asked request, charts *cache) (renderAnswer, error) {
	version, err := helm.ParseKubeVersion(asked.KubeVersion)
	if err != nil {
		return renderAnswer{}, fmt.Errorf("invalid kube version '%s': %s", asked.KubeVersion, err)
	}
	dice.newRequest()
	job := job{asked: asked, charts: charts, capabilities: &helm.Capabilities{
		KubeVersion: *version,
		APIVersions: asked.APIVersions,
		HelmVersion: helm.DefaultCapabilities.HelmVersion,
	}}
	answer := renderAnswer{}
	var large tooLarge
	if job.prepared, err = job.prepare(); err != nil {
		answer.InstallError = err.Error()
		return answer, nil
	}
	install, err := job.look(firstInstall, &answer)
	if errors.As(err, &large) {
		return answer, err
	}
	if err != nil {
		answer.InstallError = err.Error()
		return answer, nil
	}
	answer.Install = install.read()
	job.before = install
	upgrade, err := job.look(nextUpgrade, &answer)
	if errors.As(err, &large) {
		return answer, err
	}
	if err != nil {
		answer.UpgradeError = err.Error()
	} else if upgrade != install && upgrade.text() != answer.Install.Text {
		answer.Upgrade = upgrade.read()
	}
	if !slices.Contains(answer.Asks, chartutil.AskedRevision) && job.revisionCounts(upgrade, err) {
		answer.Asks = append(answer.Asks, chartutil.AskedRevision)
	}
	answer.KubePatch = answer.KubeVersion && job.patchCounts()
	if asked.WantValues {
		answer.Values = charts.values(asked.Digest)
	}
	return answer, nil
}

// revisionCounts says whether a later upgrade brings something else than the next one, or fails otherwise.
func (j job) revisionCounts(next *rendered, nextErr error) bool {
	at := occasion{upgrade: true, revision: laterRevision()}
	j.before = next
	later, err := j.run(at, &emptyCluster{}, nil, nil)
	if err != nil || nextErr != nil {
		return (err == nil) != (nextErr == nil)
	}
	return !sameButNumber(next, later, nextUpgrade.revision, at.revision)
}

// job is one chart with its values, rendered on several occasions.
type job struct {
	asked        request
	charts       *cache
	capabilities *helm.Capabilities
	prepared     *prepared
	// before is what the chart rendered to on the occasion before: the same files need not be sorted, which takes most of the time, nor read again.
	before *rendered
}

// unfollowed names what is told where a chart renders to something else while it is watched.
const unfollowed = "Capabilities or Release, in a way that cannot be followed"

// look renders the chart plainly, and once more while it is watched, which finds its questions and nothing else. Where the two differ, such as for a
// loop over all APIs, that is a question too.
func (j job) look(at occasion, answer *renderAnswer) (*rendered, error) {
	cluster := &emptyCluster{}
	result, err := j.run(at, cluster, nil, nil)
	var large tooLarge
	if errors.As(err, &large) {
		return nil, err
	}
	questions := &chartutil.Questions{}
	files, watchedErr := with(watched, func() (map[string]string, error) { return j.files(at, &emptyCluster{}, questions, nil) })
	differs := err == nil && (watchedErr != nil || !maps.Equal(files, result.files))
	if len(questions.Other) == 0 && differs {
		questions.Ask(unfollowed)
	}
	for _, api := range questions.APIs {
		answer.APIs = chartutil.AppendOnce(answer.APIs, api)
	}
	answer.KubeVersion = answer.KubeVersion || questions.KubeVersion
	for _, other := range questions.Other {
		answer.Asks = chartutil.AppendOnce(answer.Asks, other)
	}
	lookups, reasons := j.placesOf(at, cluster.asked, err != nil)
	for _, one := range lookups {
		answer.Lookups = chartutil.AppendOnce(answer.Lookups, one)
	}
	for _, one := range reasons {
		answer.Declared = chartutil.AppendOnce(answer.Declared, one)
	}
	return result, err
}

// rendered are the parts of a rendered chart, in the order Helm installs and prints them.
type rendered struct {
	files     map[string]string
	crds      []chart.CRD
	manifests []releaseutil.Manifest
	hooks     []*release.Hook
}

// run does what `helm template` does before it prints (helm pkg/action: install.go, RunWithContext, and action.go, renderResources).
func (j job) run(at occasion, cluster *emptyCluster, questions *chartutil.Questions, marks *places) (*rendered, error) {
	files, err := j.files(at, cluster, questions, marks)
	if err != nil {
		return nil, err
	}
	size := 0
	for _, text := range files {
		size += len(text)
	}
	if j.asked.MaxBytes > 0 && size > j.asked.MaxBytes {
		return nil, tooLarge(size) // before Helm reads it to sort it
	}
	crds := j.prepared.crds
	if j.before != nil && maps.Equal(j.before.files, files) {
		return j.before, nil
	}
	hooks, manifests, err := releaseutil.SortManifests(maps.Clone(files), nil, releaseutil.InstallOrder)
	if err != nil {
		return nil, err
	}
	return &rendered{files: files, crds: crds, manifests: manifests, hooks: hooks}, nil
}

// files renders the templates, but for notes. With questions the chart is given values that note what is asked; with marks its lookups note where they
// are.
func (j job) files(at occasion, cluster *emptyCluster, questions *chartutil.Questions, marks *places) (map[string]string, error) {
	forgetKeys()
	dice.newRendering()
	copied := copyOf(j.prepared.chart)
	top := j.prepared.topOf(at, j.capabilities)
	if questions != nil {
		looks.left = maxLooks
		top["Capabilities"], top["Release"].(map[string]interface{})["Revision"] = chartutil.Watch(j.capabilities.Copy(), at.revision, questions)
	}
	if marks != nil {
		marks.mark(copied)
	}
	parts := allTemplates(copied, top)
	parsed := j.prepared.parsed
	if parsed == nil || marks != nil {
		var err error
		if parsed, err = parseAll(parts); err != nil {
			return nil, err
		}
		if marks == nil {
			j.prepared.parsed = parsed
		}
	}
	files, err := execute(parsed, parts, cluster)
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(files, func(name, _ string) bool { return strings.HasSuffix(name, "NOTES.txt") })
	return files, nil
}

// parts gives each text that goes to the cluster by itself with what Helm prints above it: the CRDs, all other objects at once, each hook.
func (r *rendered) parts() []string {
	var parts []string
	for _, crd := range r.crds {
		parts = append(parts, fmt.Sprintf("---\n# Source: %s\n%s\n", crd.Filename, crd.File.Data))
	}
	var manifests strings.Builder
	for _, one := range r.manifests {
		fmt.Fprintf(&manifests, "---\n# Source: %s\n%s\n", one.Name, one.Content)
	}
	parts = append(parts, manifests.String())
	return parts
}

// text is what `helm template --include-crds` prints.
func (r *rendered) text() string {
	var text strings.Builder
	fmt.Fprintln(&text, strings.TrimSpace(strings.Join(r.parts(), "")))
	for _, hook := range r.hooks {
		fmt.Fprintf(&text, "---\n# Source: %s\n%s\n", hook.Path, hook.Manifest)
	}
	return text.String()
}

// read gives the text with its documents, each read as it reaches the cluster: a CRD's file and a hook by themselves, the rest as one stream.
func (r *rendered) read() *rendering {
	whole := &rendering{Text: r.text()}
	line := 1
	take := func(printed string, source string, skip int) {
		body := printed
		for range skip {
			_, body, _ = strings.Cut(body, "\n")
		}
		if skip > 0 {
			// Helm sends the text itself, and a last line without a line break can be lost on the way.
			body = strings.TrimSuffix(body, "\n")
		}
		for _, one := range readText([]byte(body)) {
			one.Line += line - 1 + skip
			if one.ProblemLine > 0 {
				one.ProblemLine += line - 1 + skip
			}
			for index := range one.Slips {
				if one.Slips[index].Line > 0 {
					one.Slips[index].Line += line - 1 + skip
				}
			}
			if source != "" {
				one.Source = source
			}
			whole.Documents = append(whole.Documents, one)
		}
		line += strings.Count(printed, "\n")
	}
	parts := r.parts()
	for index, printed := range parts {
		if index < len(r.crds) {
			take(printed, r.crds[index].Filename, 2)
		} else {
			take(printed, "", 0)
		}
	}
	for _, hook := range r.hooks {
		take(fmt.Sprintf("---\n# Source: %s\n%s\n", hook.Path, hook.Manifest), hook.Path, 2)
	}
	return whole
}
