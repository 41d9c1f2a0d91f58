package main

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pkg/errors"
	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart"
	helm "helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/release"
	"helm.sh/helm/v3/pkg/releaseutil"
	"sigs.k8s.io/yaml"

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
	// Asks names what else it asks, such as "Capabilities.HelmVersion".
	Asks    []string `json:"asks,omitempty"`
	Lookups []lookup `json:"lookups,omitempty"`
	// Values are the values files the chart and its subcharts come with, where they were asked for.
	Values []valuesFile `json:"values,omitempty"`
}

// rendering is a text as `helm template --include-crds` prints it, and its documents.
type rendering struct {
	Text      string     `json:"text"`
	Documents []document `json:"documents"`
}

// occasion is a first install, or the upgrade after it.
type occasion struct {
	upgrade  bool
	revision int
}

var (
	firstInstall = occasion{revision: 1}
	nextUpgrade  = occasion{upgrade: true, revision: 2}
)

func render(asked request, charts *cache) (renderAnswer, error) {
	version, err := helm.ParseKubeVersion(asked.KubeVersion)
	if err != nil {
		return renderAnswer{}, fmt.Errorf("invalid kube version '%s': %s", asked.KubeVersion, err)
	}
	job := job{asked: asked, charts: charts, capabilities: &helm.Capabilities{
		KubeVersion: *version,
		APIVersions: asked.APIVersions,
		HelmVersion: helm.DefaultCapabilities.HelmVersion,
	}}
	answer := renderAnswer{}
	var large tooLarge
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
	if asked.WantValues {
		answer.Values = charts.values(asked.Digest)
	}
	return answer, nil
}

// job is one chart with its values, rendered on several occasions.
type job struct {
	asked        request
	charts       *cache
	capabilities *helm.Capabilities
	// before is what the chart rendered to on the occasion before: the same files need not be sorted, which takes most of the time, nor read again.
	before *rendered
}

// look renders the chart while it is watched. Where it asks for more than can be watched, such as a loop over all APIs, it is rendered as Helm
// does, and the question is noted.
func (j job) look(at occasion, answer *renderAnswer) (*rendered, error) {
	questions, cluster := &chartutil.Questions{}, &emptyCluster{}
	result, err := with(watched, func() (*rendered, error) { return j.run(at, cluster, questions, nil) })
	if err != nil || len(questions.Other) > 0 {
		cluster = &emptyCluster{}
		again, againErr := j.run(at, cluster, nil, nil)
		if err != nil && againErr == nil && len(questions.Other) == 0 {
			questions.Ask("Capabilities or Release, in a way that cannot be followed")
		}
		result, err = again, againErr
	}
	for _, api := range questions.APIs {
		answer.APIs = chartutil.AppendOnce(answer.APIs, api)
	}
	answer.KubeVersion = answer.KubeVersion || questions.KubeVersion
	for _, other := range questions.Other {
		answer.Asks = chartutil.AppendOnce(answer.Asks, other)
	}
	for _, one := range j.placesOf(at, cluster.asked, err != nil) {
		answer.Lookups = chartutil.AppendOnce(answer.Lookups, one)
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

// run does what `helm template` does before it prints (helm pkg/action: install.go, RunWithContext, and action.go, renderResources). With questions
// the chart is given values that note what is asked; with marks its lookups note where they are.
func (j job) run(at occasion, cluster *emptyCluster, questions *chartutil.Questions, marks *places) (*rendered, error) {
	forgetKeys()
	// Through YAML, as Helm reads a values file: numbers become what they become there.
	values := map[string]interface{}{}
	if err := yaml.Unmarshal(j.asked.Values, &values); err != nil {
		return nil, errors.Wrap(err, "failed to parse -")
	}
	requested, err := j.charts.load(j.asked.Chart, j.asked.Digest)
	if err != nil {
		return nil, err
	}
	if err := installable(requested); err != nil {
		return nil, err
	}
	if err := helm.ProcessDependenciesWithMerge(requested, values); err != nil {
		return nil, err
	}
	options := helm.ReleaseOptions{
		Name:      j.asked.Name,
		Namespace: j.asked.Namespace,
		Revision:  at.revision,
		IsInstall: !at.upgrade,
		IsUpgrade: at.upgrade,
	}
	top, err := helm.ToRenderValuesWithSchemaValidation(requested, values, options, j.capabilities.Copy(), refersElsewhere(requested))
	if err != nil {
		return nil, err
	}
	wanted, running := requested.Metadata.KubeVersion, j.capabilities.KubeVersion.String()
	if wanted != "" && !helm.IsCompatibleRange(wanted, running) {
		return nil, errors.Errorf("chart requires kubeVersion: %s which is incompatible with Kubernetes %s", wanted, running)
	}
	if questions != nil {
		top["Capabilities"] = chartutil.Observed(j.capabilities.Copy(), questions)
		if about, ok := top["Release"].(map[string]interface{}); ok {
			about["Revision"] = chartutil.Revision{Number: at.revision, Questions: questions}
		}
	}
	if marks != nil {
		marks.mark(requested)
	}
	files, err := engine.RenderWithClientProvider(requested, top, cluster)
	if err != nil {
		return nil, err
	}
	size := 0
	for name, text := range files {
		if strings.HasSuffix(name, "NOTES.txt") {
			delete(files, name)
		} else {
			size += len(text)
		}
	}
	if j.asked.MaxBytes > 0 && size > j.asked.MaxBytes {
		return nil, tooLarge(size) // before Helm reads it to sort it
	}
	crds := requested.CRDObjects()
	if j.before != nil && maps.Equal(j.before.files, files) && slices.EqualFunc(j.before.crds, crds, sameCRD) {
		return j.before, nil
	}
	hooks, manifests, err := releaseutil.SortManifests(files, nil, releaseutil.InstallOrder)
	if err != nil {
		return nil, err
	}
	return &rendered{files: files, crds: crds, manifests: manifests, hooks: hooks}, nil
}

func sameCRD(one, other chart.CRD) bool {
	return one.Filename == other.Filename && bytes.Equal(one.File.Data, other.File.Data)
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

// installable says what Helm says of a library chart and of missing subcharts.
func installable(requested *chart.Chart) error {
	switch requested.Metadata.Type {
	case "", "application":
	default:
		return errors.Errorf("%s charts are not installable", requested.Metadata.Type)
	}
	if required := requested.Metadata.Dependencies; required != nil {
		if err := action.CheckDependencies(requested, required); err != nil {
			return errors.Wrap(err, "An error occurred while checking for chart dependencies. You may need to run `helm dependency build` to fetch missing dependencies")
		}
	}
	return nil
}
