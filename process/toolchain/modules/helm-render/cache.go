package main

import (
	"maps"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
)

// Most charts kept loaded, and most bytes of their files.
const (
	maxCharts = 16
	maxBytes  = 64 << 20
)

// cache keeps loaded charts by the digest of their content. Rendering changes a chart (disabled subcharts go, values are imported, a template can
// merge into what stands behind a pointer), so each render gets a copy of the parts that change.
type cache struct {
	charts map[string]*loadedChart
	bytes  int
}

// loadedChart is a chart with the values files it and its subcharts come with, packed ones too.
type loadedChart struct {
	chart  *chart.Chart
	values []valuesFile
}

func (c *cache) load(path, digest string) (*chart.Chart, error) {
	if known, ok := c.charts[digest]; ok {
		return copyOf(known.chart), nil
	}
	loaded, err := loader.Load(path)
	if err != nil {
		return nil, err
	}
	values := valuesOf(loaded)
	size := sizeOf(loaded)
	if len(c.charts) >= maxCharts || c.bytes+size > maxBytes || c.charts == nil {
		c.charts, c.bytes = map[string]*loadedChart{}, 0
	}
	c.charts[digest] = &loadedChart{loaded, values}
	c.bytes += size
	return copyOf(loaded), nil
}

// sizeOf counts what a chart keeps in memory; Raw, which no template sees, is dropped.
func sizeOf(loaded *chart.Chart) int {
	loaded.Raw = nil
	size := 0
	for _, files := range [][]*chart.File{loaded.Templates, loaded.Files} {
		for _, file := range files {
			size += len(file.Data)
		}
	}
	for _, dependency := range loaded.Dependencies() {
		size += sizeOf(dependency)
	}
	return size
}

func copyOf(loaded *chart.Chart) *chart.Chart {
	metadata := *loaded.Metadata
	metadata.Annotations = maps.Clone(metadata.Annotations)
	metadata.Maintainers = nil
	for _, maintainer := range loaded.Metadata.Maintainers {
		if maintainer != nil {
			own := *maintainer
			maintainer = &own
		}
		metadata.Maintainers = append(metadata.Maintainers, maintainer)
	}
	metadata.Dependencies = nil
	for _, dependency := range loaded.Metadata.Dependencies {
		if dependency != nil {
			own := *dependency
			dependency = &own
		}
		metadata.Dependencies = append(metadata.Dependencies, dependency)
	}
	copied := &chart.Chart{
		Metadata:  &metadata,
		Lock:      loaded.Lock,
		Templates: loaded.Templates,
		Schema:    loaded.Schema,
		Files:     loaded.Files,
	}
	if loaded.Values != nil {
		copied.Values = (&copier{}).copyMap(loaded.Values)
	}
	for _, dependency := range loaded.Dependencies() {
		copied.AddDependency(copyOf(dependency))
	}
	return copied
}
