-- Tables of the stand-in, and views that give each answer as one JSON document. Ids are digests of names, so two replicas that see the
-- same name at once write the same row. Times of rows are those of events; when an event arrived is in "events" alone.

CREATE TABLE namespaces (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    owner text NOT NULL,
    description text,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE sources (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    type text NOT NULL,
    connection_url text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);

CREATE TABLE datasets (
    id uuid PRIMARY KEY,
    namespace_id uuid NOT NULL REFERENCES namespaces,
    name text NOT NULL,
    source_id uuid NOT NULL REFERENCES sources,
    fields jsonb NOT NULL,
    facets jsonb NOT NULL,
    description text,
    lifecycle_state text,
    current_version uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    last_modified_at timestamptz
);
CREATE INDEX datasets_by_namespace ON datasets (namespace_id, id);

CREATE TABLE dataset_versions (
    id uuid PRIMARY KEY,
    dataset_id uuid NOT NULL REFERENCES datasets,
    run_id uuid,
    fields jsonb NOT NULL,
    facets jsonb NOT NULL,
    description text,
    lifecycle_state text,
    created_at timestamptz NOT NULL
);
CREATE INDEX dataset_versions_by_dataset ON dataset_versions (dataset_id, created_at);

CREATE TABLE jobs (
    id uuid PRIMARY KEY,
    namespace_id uuid NOT NULL REFERENCES namespaces,
    name text NOT NULL,
    simple_name text NOT NULL,
    parent_id uuid REFERENCES jobs,
    type text NOT NULL,
    description text,
    location text,
    facets jsonb NOT NULL,
    current_version uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX jobs_by_namespace ON jobs (namespace_id, id);

CREATE TABLE runs (
    id uuid PRIMARY KEY,
    job_id uuid NOT NULL REFERENCES jobs,
    job_version uuid,
    parent_run_id uuid,
    state text NOT NULL,
    nominal_start timestamptz,
    nominal_end timestamptz,
    started_at timestamptz,
    ended_at timestamptz,
    facets jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX runs_by_job ON runs (job_id, created_at);

-- What a job read (I) and wrote (O) in its last run that said so.
CREATE TABLE job_datasets (
    job_id uuid NOT NULL REFERENCES jobs,
    dataset_id uuid NOT NULL REFERENCES datasets,
    direction char(1) NOT NULL CHECK (direction IN ('I', 'O')),
    run_id uuid,
    PRIMARY KEY (job_id, dataset_id, direction)
);
CREATE INDEX job_datasets_by_dataset ON job_datasets (dataset_id);

CREATE TABLE run_datasets (
    run_id uuid NOT NULL REFERENCES runs,
    dataset_id uuid NOT NULL REFERENCES datasets,
    version_id uuid NOT NULL REFERENCES dataset_versions,
    direction char(1) NOT NULL CHECK (direction IN ('I', 'O')),
    facets jsonb NOT NULL,
    PRIMARY KEY (run_id, dataset_id, direction)
);

CREATE TABLE events (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_time timestamptz NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    event jsonb NOT NULL
);
CREATE INDEX events_by_time ON events (event_time, number);

CREATE FUNCTION iso(at timestamptz) RETURNS text LANGUAGE sql IMMUTABLE AS
$$ SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') $$;

CREATE VIEW namespace_documents AS
SELECT id, name, json_build_object(
    'name', name, 'createdAt', iso(created_at), 'updatedAt', iso(updated_at),
    'ownerName', owner, 'description', description, 'isHidden', false) AS document
FROM namespaces;

CREATE VIEW source_documents AS
SELECT id, name, json_build_object(
    'type', type, 'name', name, 'createdAt', iso(created_at), 'updatedAt', iso(updated_at),
    'connectionUrl', connection_url, 'description', NULL) AS document
FROM sources;

CREATE VIEW dataset_documents AS
SELECT d.id, d.namespace_id, d.name, json_build_object(
    'id', json_build_object('namespace', n.name, 'name', d.name),
    'type', 'DB_TABLE', 'name', d.name, 'physicalName', d.name,
    'createdAt', iso(d.created_at), 'updatedAt', iso(d.updated_at),
    'namespace', n.name, 'sourceName', s.name, 'fields', d.fields, 'tags', '[]'::json,
    'lastModifiedAt', iso(d.last_modified_at), 'lastLifecycleState', d.lifecycle_state,
    'description', d.description, 'currentVersion', d.current_version, 'columnLineage', NULL,
    'facets', d.facets, 'deleted', coalesce(d.lifecycle_state = 'DROP', false)) AS document
FROM datasets d JOIN namespaces n ON n.id = d.namespace_id JOIN sources s ON s.id = d.source_id;

CREATE VIEW run_documents AS
SELECT r.id, r.job_id, r.created_at, json_build_object(
    'id', r.id, 'createdAt', iso(r.created_at), 'updatedAt', iso(r.updated_at),
    'nominalStartTime', iso(r.nominal_start), 'nominalEndTime', iso(r.nominal_end),
    'state', r.state, 'startedAt', iso(r.started_at), 'endedAt', iso(r.ended_at),
    'durationMs', (extract(epoch FROM r.ended_at - r.started_at) * 1000)::bigint, 'args', '{}'::json,
    'jobVersion', CASE WHEN r.job_version IS NOT NULL THEN
        json_build_object('namespace', n.name, 'name', j.name, 'version', r.job_version) END,
    'inputDatasetVersions', io.inputs, 'outputDatasetVersions', io.outputs, 'facets', r.facets) AS document
FROM runs r JOIN jobs j ON j.id = r.job_id JOIN namespaces n ON n.id = j.namespace_id
CROSS JOIN LATERAL (
    SELECT coalesce(json_agg(one ORDER BY dataset_id) FILTER (WHERE direction = 'I'), '[]') AS inputs,
           coalesce(json_agg(one ORDER BY dataset_id) FILTER (WHERE direction = 'O'), '[]') AS outputs
    FROM (
        SELECT rd.direction, rd.dataset_id, json_build_object(
            'datasetVersionId', json_build_object('namespace', dn.name, 'name', d.name, 'version', rd.version_id),
            'facets', rd.facets) AS one
        FROM run_datasets rd JOIN datasets d ON d.id = rd.dataset_id JOIN namespaces dn ON dn.id = d.namespace_id
        WHERE rd.run_id = r.id) AS each) AS io;

CREATE VIEW dataset_version_documents AS
SELECT v.id, v.dataset_id, v.created_at, json_build_object(
    'id', json_build_object('namespace', n.name, 'name', d.name, 'version', v.id),
    'type', 'DB_TABLE', 'name', d.name, 'physicalName', d.name, 'createdAt', iso(v.created_at), 'version', v.id,
    'namespace', n.name, 'sourceName', s.name, 'fields', v.fields, 'tags', '[]'::json,
    'lifecycleState', v.lifecycle_state, 'description', v.description, 'currentSchemaVersion', NULL,
    'createdByRun', (SELECT r.document FROM run_documents r WHERE r.id = v.run_id), 'facets', v.facets) AS document
FROM dataset_versions v JOIN datasets d ON d.id = v.dataset_id
JOIN namespaces n ON n.id = d.namespace_id JOIN sources s ON s.id = d.source_id;

CREATE VIEW job_documents AS
SELECT j.id, j.namespace_id, j.name, json_build_object(
    'id', json_build_object('namespace', n.name, 'name', j.name),
    'type', j.type, 'name', j.name, 'simpleName', j.simple_name,
    'parentJobName', p.name, 'parentJobUuid', p.id,
    'createdAt', iso(j.created_at), 'updatedAt', iso(j.updated_at), 'namespace', n.name,
    'inputs', io.inputs, 'outputs', io.outputs, 'location', j.location, 'description', j.description,
    'latestRun', latest.document, 'latestRuns', CASE WHEN latest.document IS NOT NULL THEN json_build_array(latest.document) END,
    'facets', j.facets, 'currentVersion', j.current_version, 'labels', '[]'::json, 'tags', '[]'::json) AS document
FROM jobs j JOIN namespaces n ON n.id = j.namespace_id LEFT JOIN jobs p ON p.id = j.parent_id
LEFT JOIN LATERAL (
    SELECT r.document FROM run_documents r WHERE r.job_id = j.id ORDER BY r.created_at DESC, r.id LIMIT 1) AS latest ON true
CROSS JOIN LATERAL (
    SELECT coalesce(json_agg(one ORDER BY dataset_id) FILTER (WHERE direction = 'I'), '[]') AS inputs,
           coalesce(json_agg(one ORDER BY dataset_id) FILTER (WHERE direction = 'O'), '[]') AS outputs
    FROM (
        SELECT jd.direction, jd.dataset_id, json_build_object('namespace', dn.name, 'name', d.name) AS one
        FROM job_datasets jd JOIN datasets d ON d.id = jd.dataset_id JOIN namespaces dn ON dn.id = d.namespace_id
        WHERE jd.job_id = j.id) AS each) AS io;
