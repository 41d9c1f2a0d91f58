package main

import (
	"os"
	"regexp"
	"testing"

	"go.opentelemetry.io/collector/component"
)

func TestComponentsAConfigurationMayName(t *testing.T) {
	factories, err := components()
	if err != nil {
		t.Fatal(err)
	}
	check := func(kind string, found bool) {
		if !found {
			t.Errorf("%s is missing", kind)
		}
	}
	_, found := factories.Extensions[component.MustNewType("health_check")]
	check("extension health_check", found)
	_, found = factories.Receivers[component.MustNewType("otlp")]
	check("receiver otlp", found)
	for _, name := range []string{"memory_limiter", "batch"} {
		_, found = factories.Processors[component.MustNewType(name)]
		check("processor "+name, found)
	}
	for _, name := range []string{"debug", "otlphttp"} {
		exporter, found := factories.Exporters[component.MustNewType(name)]
		check("exporter "+name, found && exporter != nil)
	}
}

func TestVersionIsThatOfTheModules(t *testing.T) {
	text, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	required := regexp.MustCompile(`go\.opentelemetry\.io/collector/otelcol v(\S+)`).FindStringSubmatch(string(text))
	if required == nil || required[1] != version {
		t.Errorf("go.mod has %v, the program calls itself %s", required, version)
	}
}
