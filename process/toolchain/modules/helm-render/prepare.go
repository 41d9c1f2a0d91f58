package main

import (
	"maps"
	"text/template"

	"github.com/pkg/errors"
	"helm.sh/helm/v3/pkg/action"
	"helm.sh/helm/v3/pkg/chart"
	helm "helm.sh/helm/v3/pkg/chartutil"
	"sigs.k8s.io/yaml"
)

// prepared is a chart with its values as Helm has them before it executes templates (helm pkg/action/install.go, RunWithContext).
type prepared struct {
	chart   *chart.Chart
	values  interface{}
	release map[string]interface{}
	crds    []chart.CRD
	// parsed are its templates, once they were executed.
	parsed *template.Template
}

// topOf gives what the templates see on an occasion. Each time it is a new copy: templates may change it.
func (p *prepared) topOf(at occasion, capabilities *helm.Capabilities) helm.Values {
	release := maps.Clone(p.release)
	release["IsInstall"], release["IsUpgrade"], release["Revision"] = !at.upgrade, at.upgrade, at.revision
	return helm.Values{"Capabilities": capabilities.Copy(), "Release": release, "Values": (&copier{}).copy(p.values)}
}

// prepare does what Helm does before it executes templates.
func (j job) prepare() (*prepared, error) {
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
	options := helm.ReleaseOptions{Name: j.asked.Name, Namespace: j.asked.Namespace}
	top, err := helm.ToRenderValuesWithSchemaValidation(requested, values, options, j.capabilities.Copy(), refersElsewhere(requested))
	if err != nil {
		return nil, err
	}
	wanted, running := requested.Metadata.KubeVersion, j.capabilities.KubeVersion.String()
	if wanted != "" && !helm.IsCompatibleRange(wanted, running) {
		return nil, errors.Errorf("chart requires kubeVersion: %s which is incompatible with Kubernetes %s", wanted, running)
	}
	release, _ := top["Release"].(map[string]interface{})
	return &prepared{chart: requested, values: top["Values"], release: release, crds: requested.CRDObjects()}, nil
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
