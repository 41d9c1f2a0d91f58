package main

import (
	"maps"
	"slices"
)

const addNamespace = `INSERT INTO namespaces (id, name, owner, created_at, updated_at) VALUES ($1, $2, 'anonymous', $3, $3)
	ON CONFLICT (id) DO NOTHING`

// namespaces writes those of the event's job, its parent and its datasets, and the datasets' sources.
func (w *writer) namespaces(one event, job jobRow) {
	names := map[string]bool{}
	sources := map[string]string{}
	if one.Job != nil {
		names[one.Job.Namespace] = true
	}
	if job.ParentID.Valid {
		names[job.ParentNamespace] = true
	}
	for _, dataset := range slices.Concat(one.Inputs, one.Outputs) {
		names[dataset.Namespace] = true
		if sources[dataset.Source] == "" {
			sources[dataset.Source] = dataset.ConnectionURL
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		w.add(addNamespace, namespaceID(name), name, w.at)
	}
	for _, name := range slices.Sorted(maps.Keys(sources)) {
		// Nothing is written, and so no row is locked, when all of it is known.
		w.add(`INSERT INTO sources (id, name, type, connection_url, created_at, updated_at)
			SELECT $1, $2, $3, $4, $5, $5 WHERE NOT EXISTS (SELECT FROM sources WHERE id = $1 AND ($4 = '' OR connection_url = $4))
			ON CONFLICT (id) DO UPDATE SET connection_url = excluded.connection_url, type = excluded.type,
				updated_at = greatest(sources.updated_at, excluded.updated_at)`,
			sourceID(name), name, sourceType(sources[name]), sources[name], w.at)
	}
}

// datasets writes those the event reads and writes, with a version of each that it writes, and one of each that has none yet.
func (w *writer) datasets(one event) {
	for _, dataset := range byID(slices.Concat(one.Inputs, one.Outputs)) {
		w.add(`INSERT INTO datasets (id, namespace_id, name, source_id, fields, facets, description, lifecycle_state, created_at, updated_at)
			VALUES ($1, $2, $3, $4, coalesce($5::text::jsonb, '[]'), $6, $7, $8, $9, $9)
			ON CONFLICT (id) DO UPDATE SET source_id = CASE WHEN $10 THEN excluded.source_id ELSE datasets.source_id END,
				fields = coalesce($5::text::jsonb, datasets.fields),
				facets = datasets.facets || excluded.facets, description = coalesce(excluded.description, datasets.description),
				lifecycle_state = coalesce(excluded.lifecycle_state, datasets.lifecycle_state),
				updated_at = greatest(datasets.updated_at, excluded.updated_at)`,
			dataset.id(), namespaceID(dataset.Namespace), dataset.Name, sourceID(dataset.Source), optional(dataset.Fields),
			dataset.Facets, optional(dataset.Description), optional(dataset.Lifecycle), w.at, dataset.SourceSaid)
	}
	for _, dataset := range byID(one.Outputs) {
		w.version(dataset, one.runID())
		w.add(`UPDATE datasets SET current_version = $2, last_modified_at = greatest(last_modified_at, $3) WHERE id = $1`,
			dataset.id(), versionID(dataset, one.runID()), w.at)
	}
	for _, dataset := range byID(one.Inputs) {
		w.version(dataset, id{})
		w.add(`UPDATE datasets SET current_version = $2 WHERE id = $1 AND current_version IS NULL`, dataset.id(), versionID(dataset, id{}))
	}
}

// versionID is that of a dataset as a run wrote it, or as it was when it was first read.
func versionID(dataset datasetPart, run id) id {
	return idOf("dataset version", textOf(dataset.id()), textOf(run))
}

// version writes a version of a dataset. The one that stands for "as it was first read" is only for a dataset that nobody wrote.
func (w *writer) version(dataset datasetPart, run id) {
	w.add(`INSERT INTO dataset_versions (id, dataset_id, run_id, fields, facets, description, lifecycle_state, created_at)
		SELECT $1, d.id, $3, d.fields, $4, $5, $6, $7 FROM datasets d WHERE d.id = $2 AND ($3::uuid IS NOT NULL OR d.current_version IS NULL)
		ON CONFLICT (id) DO UPDATE SET fields = excluded.fields, facets = dataset_versions.facets || excluded.facets,
			description = coalesce(excluded.description, dataset_versions.description),
			lifecycle_state = coalesce(excluded.lifecycle_state, dataset_versions.lifecycle_state)`,
		versionID(dataset, run), dataset.id(), run, dataset.Facets, optional(dataset.Description), optional(dataset.Lifecycle), w.at)
}

// job writes the event's job, and before it the parent that it names.
func (w *writer) job(one event, job jobRow) {
	const statement = `INSERT INTO jobs (id, namespace_id, name, simple_name, parent_id, type, description, location, facets, current_version, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) ON CONFLICT (id) DO `
	if job.ParentID.Valid {
		w.add(statement+`NOTHING`, job.ParentID, namespaceID(job.ParentNamespace), job.ParentName, job.ParentName, id{}, "BATCH",
			optional(""), optional(""), "{}", id{}, w.at)
	}
	w.add(statement+`UPDATE SET type = excluded.type, facets = jobs.facets || excluded.facets,
			parent_id = coalesce(excluded.parent_id, jobs.parent_id), description = coalesce(excluded.description, jobs.description),
			location = coalesce(excluded.location, jobs.location), current_version = coalesce(excluded.current_version, jobs.current_version),
			updated_at = greatest(jobs.updated_at, excluded.updated_at)`,
		job.ID, namespaceID(one.Job.Namespace), job.Name, job.Simple, job.ParentID, one.Job.Type, optional(one.Job.Description),
		optional(one.Job.Location), one.Job.Facets, job.Version, w.at)
}

// run writes the event's run, and before it its parent. An event that comes late does not take a run back out of its end.
func (w *writer) run(one event, job jobRow) {
	if job.ParentRunID.Valid {
		w.add(`INSERT INTO runs (id, job_id, state, facets, created_at, updated_at) VALUES ($1, $2, 'NEW', '{}', $3, $3)
			ON CONFLICT (id) DO NOTHING`, job.ParentRunID, job.ParentID, w.at)
	}
	w.add(`INSERT INTO runs (id, job_id, job_version, parent_run_id, state, nominal_start, nominal_end, started_at, ended_at, facets, created_at, updated_at)
		VALUES ($1, $2, $3, $4, coalesce($5, 'NEW'), $6, $7,
			CASE WHEN $5 = 'RUNNING' THEN $9::timestamptz END,
			CASE WHEN $5 IN ('COMPLETED', 'FAILED', 'ABORTED') THEN $9::timestamptz END, $8, $9, $9)
		ON CONFLICT (id) DO UPDATE SET job_id = excluded.job_id, job_version = coalesce(excluded.job_version, runs.job_version),
			parent_run_id = coalesce(excluded.parent_run_id, runs.parent_run_id),
			state = CASE WHEN $5::text IS NULL OR runs.state IN ('COMPLETED', 'FAILED', 'ABORTED') AND $5 = 'RUNNING' THEN runs.state ELSE $5 END,
			nominal_start = coalesce(excluded.nominal_start, runs.nominal_start), nominal_end = coalesce(excluded.nominal_end, runs.nominal_end),
			started_at = least(runs.started_at, excluded.started_at), ended_at = greatest(runs.ended_at, excluded.ended_at),
			facets = runs.facets || excluded.facets, created_at = least(runs.created_at, excluded.created_at),
			updated_at = greatest(runs.updated_at, excluded.updated_at)`,
		one.Run.ID, job.ID, job.Version, job.ParentRunID, optional(one.State), one.Run.NominalStart, one.Run.NominalEnd, one.Run.Facets, w.at)
}

// links writes what the run and the job read and wrote. What a job read or wrote in earlier runs goes once a new run says anything of it.
func (w *writer) links(one event, job jobRow) {
	for _, side := range []struct {
		direction string
		datasets  []datasetPart
	}{{"I", byID(one.Inputs)}, {"O", byID(one.Outputs)}} {
		if len(side.datasets) == 0 || one.Job == nil {
			continue
		}
		w.add(`DELETE FROM job_datasets WHERE job_id = $1 AND direction = $2 AND run_id IS DISTINCT FROM $3`, job.ID, side.direction, one.runID())
		for _, dataset := range side.datasets {
			w.add(`INSERT INTO job_datasets (job_id, dataset_id, direction, run_id) VALUES ($1, $2, $3, $4)
				ON CONFLICT (job_id, dataset_id, direction) DO UPDATE SET run_id = excluded.run_id`, job.ID, dataset.id(), side.direction, one.runID())
			if one.Run != nil {
				w.add(`INSERT INTO run_datasets (run_id, dataset_id, version_id, direction, facets)
					SELECT $1, d.id, d.current_version, $3, $4 FROM datasets d WHERE d.id = $2
					ON CONFLICT (run_id, dataset_id, direction) DO UPDATE SET facets = run_datasets.facets || excluded.facets`,
					one.Run.ID, dataset.id(), side.direction, dataset.OwnFacets)
			}
		}
	}
}
