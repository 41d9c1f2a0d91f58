package main

import (
	"fmt"
	"strings"

	"github.com/pkg/errors"
	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/release"
	"sigs.k8s.io/yaml"
)

// render does what `helm template <name> <chart> --namespace … --values - --include-crds --kube-version … --api-versions …` does
// (helm cmd/helm/template.go and install.go), to the byte.
func render(asked request, charts *cache) (string, error) {
	version, err := chartutil.ParseKubeVersion(asked.KubeVersion)
	if err != nil {
		return "", fmt.Errorf("invalid kube version '%s': %s", asked.KubeVersion, err)
	}
	// Through YAML, as Helm reads a values file: numbers become what they become there.
	values := map[string]interface{}{}
	if err := yaml.Unmarshal(asked.Values, &values); err != nil {
		return "", errors.Wrap(err, "failed to parse -")
	}
	requested, err := charts.load(asked.Chart, asked.Digest)
	if err != nil {
		return "", err
	}
	if err := installable(requested); err != nil {
		return "", err
	}
	client := action.NewInstall(&action.Configuration{Log: func(string, ...interface{}) {}})
	client.DryRun = true
	client.DryRunOption = "true"
	client.ClientOnly = true
	client.Replace = true
	client.IncludeCRDs = true
	client.ReleaseName = asked.Name
	client.Namespace = asked.Namespace
	client.KubeVersion = version
	client.APIVersions = chartutil.VersionSet(asked.APIVersions)
	rendered, err := offering(asked.Exact, func() (*release.Release, error) { return client.Run(requested, values) })
	if err != nil {
		return "", err
	}
	var text strings.Builder
	fmt.Fprintln(&text, strings.TrimSpace(rendered.Manifest))
	for _, hook := range rendered.Hooks {
		fmt.Fprintf(&text, "---\n# Source: %s\n%s\n", hook.Path, hook.Manifest)
	}
	return text.String(), nil
}

// offering runs a render in which only the API versions it was given are there: without a cluster Helm adds those it was built with, which a
// cluster may not serve (action/install.go, ClientOnly). Charts are rendered one at a time, so nobody else sees the change.
func offering(exact bool, run func() (*release.Release, error)) (*release.Release, error) {
	if exact {
		own := chartutil.DefaultCapabilities
		none := own.Copy()
		none.APIVersions = nil
		chartutil.DefaultCapabilities = none
		defer func() { chartutil.DefaultCapabilities = own }()
	}
	return run()
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
