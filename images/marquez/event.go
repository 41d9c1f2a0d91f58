package main

import (
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"
)

// mostDatasets is how many inputs, and how many outputs, one event may have; mostFields how many fields a dataset.
const (
	mostDatasets = 500
	mostFields   = 5000
)

// event is an OpenLineage event: of a run, or without one of a job or a dataset.
type event struct {
	Time    pgtype.Timestamptz
	State   string // of the run after it; empty when the event does not say
	Run     *runPart
	Job     *jobPart
	Inputs  []datasetPart
	Outputs []datasetPart
	Whole   string // as JSON
}

type runPart struct {
	ID                       id
	Facets                   string
	NominalStart, NominalEnd pgtype.Timestamptz
	Parent                   *parentPart
}

// parentPart is the run that started this one, as the facet of that name tells.
type parentPart struct {
	RunID           id
	Namespace, Name string
}

type jobPart struct {
	Namespace, Name, Type, Description, Location string
	Facets                                       string
}

type datasetPart struct {
	Namespace, Name, Description, Lifecycle string
	Source, ConnectionURL                   string
	SourceSaid                              bool   // else the source is taken to be the namespace
	Fields                                  string // empty when the event does not say
	Facets, OwnFacets                       string // OwnFacets are those of this run's reading or writing
}

func (d datasetPart) id() id { return datasetID(d.Namespace, d.Name) }

// states are a run's, by the type of the event.
var states = map[string]string{
	"START": "RUNNING", "RUNNING": "RUNNING", "COMPLETE": "COMPLETED", "FAIL": "FAILED", "ABORT": "ABORTED", "OTHER": "",
}

// readEvent takes a document apart and gives everything that is wrong with it.
func readEvent(document any) (event, problems) {
	var found problems
	found.refuseUnfit(document, "", 0)
	root := place{document, "", &found}
	if !root.object(true) || len(found) > 0 {
		return event{}, found
	}
	one := event{Time: root.at("eventTime").time(), Whole: stored(document)}
	if root.at("eventTime").missing() {
		root.at("eventTime").refuse("is missing")
	}
	root.at("producer").name()
	switch kind := root.at("schemaURL").text(); {
	case strings.HasSuffix(kind, "/DatasetEvent"):
		one.Outputs = []datasetPart{readDataset(root.at("dataset"), "outputFacets")}
	case strings.HasSuffix(kind, "/JobEvent"):
		readJobAndDatasets(root, &one)
	default:
		one.State = states[root.at("eventType").oneOf("START", "RUNNING", "COMPLETE", "FAIL", "ABORT", "OTHER")]
		readRun(root.at("run"), &one)
		readJobAndDatasets(root, &one)
	}
	return one, found
}

func readJobAndDatasets(root place, one *event) {
	one.Job = readJob(root.at("job"))
	for _, input := range root.at("inputs").list(mostDatasets) {
		one.Inputs = append(one.Inputs, readDataset(input, "inputFacets"))
	}
	for _, output := range root.at("outputs").list(mostDatasets) {
		one.Outputs = append(one.Outputs, readDataset(output, "outputFacets"))
	}
}

func readRun(at place, one *event) {
	if !at.object(true) {
		return
	}
	facets := at.at("facets")
	one.Run = &runPart{
		ID:           at.at("runId").uuid(),
		Facets:       facetsOf(facets),
		NominalStart: facets.at("nominalTime").at("nominalStartTime").time(),
		NominalEnd:   facets.at("nominalTime").at("nominalEndTime").time(),
	}
	parent := facets.at("parent")
	if parent.missing() {
		parent = facets.at("parentRun") // older producers
	}
	if parent.object(false) {
		one.Run.Parent = &parentPart{
			RunID:     parent.at("run").at("runId").uuid(),
			Namespace: parent.at("job").at("namespace").name(),
			Name:      parent.at("job").at("name").name(),
		}
	}
}

func readJob(at place) *jobPart {
	if !at.object(true) {
		return nil
	}
	facets := at.at("facets")
	kind := "BATCH"
	if strings.EqualFold(facets.at("jobType").at("processingType").text(), "STREAMING") {
		kind = "STREAM"
	}
	return &jobPart{
		Namespace:   at.at("namespace").name(),
		Name:        at.at("name").name(),
		Type:        kind,
		Description: facets.at("documentation").at("description").text(),
		Location:    withoutUser(facets.at("sourceCodeLocation").at("url").text()),
		Facets:      facetsOf(facets),
	}
}

func readDataset(at place, own string) datasetPart {
	if !at.object(true) {
		return datasetPart{}
	}
	facets := at.at("facets")
	one := datasetPart{
		Namespace:     at.at("namespace").name(),
		Name:          at.at("name").name(),
		Description:   facets.at("documentation").at("description").text(),
		Lifecycle:     facets.at("lifecycleStateChange").at("lifecycleStateChange").text(),
		ConnectionURL: withoutUser(facets.at("dataSource").at("uri").text()),
		Facets:        facetsOf(facets),
		OwnFacets:     facetsOf(at.at(own)),
	}
	if source := facets.at("dataSource"); source.object(false) {
		one.Source, one.SourceSaid = source.at("name").name(), true
	} else {
		one.Source = one.Namespace
	}
	if list := facets.at("schema").at("fields"); !list.missing() {
		fields := []any{}
		for _, field := range list.list(mostFields) {
			fields = append(fields, map[string]any{
				"name":        field.at("name").name(),
				"type":        orNull(field.at("type").text()),
				"tags":        []any{},
				"description": orNull(field.at("description").text()),
			})
		}
		one.Fields = stored(fields)
	}
	return one
}

// facetsOf are the facets of something as JSON: an object of objects.
func facetsOf(at place) string {
	if !at.object(false) {
		return "{}"
	}
	for key := range at.value.(map[string]any) {
		at.at(key).object(false)
	}
	return stored(at.value)
}

func orNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

var userOfAddress = regexp.MustCompile(`//[^/?#]*@`)

// withoutUser takes user, password and parameters out of an address: what is told of a source must not open it.
func withoutUser(address string) string {
	address, _, _ = strings.Cut(address, "?")
	return userOfAddress.ReplaceAllString(address, "//")
}

// runID is that of the event's run; not valid without one.
func (e event) runID() id {
	if e.Run == nil {
		return id{}
	}
	return e.Run.ID
}
