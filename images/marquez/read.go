package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// mostListed is how many entries one answer may have.
const mostListed = 1000

// number reads a whole number from the address.
func number(r *http.Request, name string, fallback, most int) (int, error) {
	text := r.URL.Query().Get(name)
	if text == "" {
		return fallback, nil
	}
	found, err := strconv.Atoi(text)
	if err != nil || found < 0 || found > most {
		return 0, refusal{http.StatusBadRequest, fmt.Sprintf("%s must be a whole number from 0 to %d, got %s", name, most, shown(text))}
	}
	return found, nil
}

// page is which part of a list is asked for.
func page(r *http.Request) (limit, offset int, err error) {
	limit, err = number(r, "limit", 100, mostListed)
	if err == nil {
		offset, err = number(r, "offset", 0, 1<<30)
	}
	return limit, offset, err
}

// uuidInAddress reads a part of the address that is a UUID.
func uuidInAddress(r *http.Request, name string) (id, error) {
	var wrong problems
	found := place{r.PathValue(name), name + " in the address", &wrong}.uuid()
	if len(wrong) > 0 {
		return id{}, refusal{http.StatusBadRequest, wrong[0]}
	}
	return found, nil
}

// one answers with a document, or that there is none.
func (s *server) one(r *http.Request, what, query string, values ...any) (reply, error) {
	var document json.RawMessage
	err := s.pool.QueryRow(r.Context(), query, values...).Scan(&document)
	if errors.Is(err, pgx.ErrNoRows) {
		return reply{}, refusal{http.StatusNotFound, what + " not found"}
	}
	return ok(document), err
}

// list answers with documents below a key. The query takes limit and offset first.
func (s *server) list(r *http.Request, key, query string, values ...any) (map[string]any, error) {
	limit, offset, err := page(r)
	if err != nil {
		return nil, err
	}
	documents, err := s.documents(r.Context(), query, append([]any{limit, offset}, values...)...)
	return map[string]any{key: documents}, err
}

func (s *server) documents(ctx context.Context, query string, values ...any) ([]json.RawMessage, error) {
	rows, err := s.pool.Query(ctx, query, values...)
	if err != nil {
		return nil, err
	}
	return pgx.AppendRows([]json.RawMessage{}, rows, pgx.RowTo[json.RawMessage])
}

// counted adds how many entries there are in all.
func (s *server) counted(r *http.Request, found map[string]any, query string, values ...any) (reply, error) {
	var total int64
	err := s.pool.QueryRow(r.Context(), query, values...).Scan(&total)
	found["totalCount"] = total
	return ok(found), err
}

// known refuses a namespace, dataset or job that is not there, so that an empty list is not taken for one.
func (s *server) known(r *http.Request, what, table string, key id) error {
	var there bool
	err := s.pool.QueryRow(r.Context(), "SELECT EXISTS (SELECT FROM "+table+" WHERE id = $1)", key).Scan(&there)
	if err == nil && !there {
		return refusal{http.StatusNotFound, what + " not found"}
	}
	return err
}

func (s *server) getNamespaces(r *http.Request) (reply, error) {
	found, err := s.list(r, "namespaces", "SELECT document FROM namespace_documents ORDER BY name, id LIMIT $1 OFFSET $2")
	return ok(found), err
}

func (s *server) getNamespace(r *http.Request) (reply, error) {
	name := r.PathValue("namespace")
	return s.one(r, "namespace "+shown(name), "SELECT document FROM namespace_documents WHERE id = $1", namespaceID(name))
}

func (s *server) getSources(r *http.Request) (reply, error) {
	found, err := s.list(r, "sources", "SELECT document FROM source_documents ORDER BY name, id LIMIT $1 OFFSET $2")
	return ok(found), err
}

func (s *server) getSource(r *http.Request) (reply, error) {
	name := r.PathValue("source")
	return s.one(r, "source "+shown(name), "SELECT document FROM source_documents WHERE id = $1", sourceID(name))
}

func (s *server) getDatasets(r *http.Request) (reply, error) {
	return s.ofNamespace(r, "datasets", "dataset_documents")
}

func (s *server) getJobs(r *http.Request) (reply, error) {
	return s.ofNamespace(r, "jobs", "job_documents")
}

// ofNamespace lists a namespace's datasets or jobs, from the view of that name.
func (s *server) ofNamespace(r *http.Request, table, view string) (reply, error) {
	name := r.PathValue("namespace")
	key := namespaceID(name)
	if err := s.known(r, "namespace "+shown(name), "namespaces", key); err != nil {
		return reply{}, err
	}
	found, err := s.list(r, table, "SELECT document FROM "+view+" WHERE namespace_id = $3 ORDER BY name, id LIMIT $1 OFFSET $2", key)
	if err != nil {
		return reply{}, err
	}
	return s.counted(r, found, "SELECT count(*) FROM "+table+" WHERE namespace_id = $1", key)
}

func datasetInAddress(r *http.Request) (key id, what string) {
	namespace, name := r.PathValue("namespace"), r.PathValue("dataset")
	return datasetID(namespace, name), "dataset " + shown(namespace) + " " + shown(name)
}

func (s *server) getDataset(r *http.Request) (reply, error) {
	key, what := datasetInAddress(r)
	return s.one(r, what, "SELECT document FROM dataset_documents WHERE id = $1", key)
}

func (s *server) getDatasetVersions(r *http.Request) (reply, error) {
	key, what := datasetInAddress(r)
	if err := s.known(r, what, "datasets", key); err != nil {
		return reply{}, err
	}
	found, err := s.list(r, "versions", `SELECT document FROM dataset_version_documents WHERE dataset_id = $3
		ORDER BY created_at DESC, id LIMIT $1 OFFSET $2`, key)
	if err != nil {
		return reply{}, err
	}
	return s.counted(r, found, "SELECT count(*) FROM dataset_versions WHERE dataset_id = $1", key)
}

func (s *server) getDatasetVersion(r *http.Request) (reply, error) {
	key, what := datasetInAddress(r)
	version, err := uuidInAddress(r, "version")
	if err != nil {
		return reply{}, err
	}
	return s.one(r, "version "+textOf(version)+" of "+what, "SELECT document FROM dataset_version_documents WHERE id = $1 AND dataset_id = $2", version, key)
}

func jobInAddress(r *http.Request) (key id, what string) {
	namespace, name := r.PathValue("namespace"), r.PathValue("job")
	return jobID(namespace, name), "job " + shown(namespace) + " " + shown(name)
}

func (s *server) getJob(r *http.Request) (reply, error) {
	key, what := jobInAddress(r)
	return s.one(r, what, "SELECT document FROM job_documents WHERE id = $1", key)
}

func (s *server) getRuns(r *http.Request) (reply, error) {
	key, what := jobInAddress(r)
	if err := s.known(r, what, "jobs", key); err != nil {
		return reply{}, err
	}
	found, err := s.list(r, "runs", "SELECT document FROM run_documents WHERE job_id = $3 ORDER BY created_at DESC, id LIMIT $1 OFFSET $2", key)
	if err != nil {
		return reply{}, err
	}
	return s.counted(r, found, "SELECT count(*) FROM runs WHERE job_id = $1", key)
}

func (s *server) getRun(r *http.Request) (reply, error) {
	key, err := uuidInAddress(r, "run")
	if err != nil {
		return reply{}, err
	}
	return s.one(r, "run "+textOf(key), "SELECT document FROM run_documents WHERE id = $1", key)
}

// getRunFacets gives the facets of a run, or with type=job those of its job.
func (s *server) getRunFacets(r *http.Request) (reply, error) {
	key, err := uuidInAddress(r, "run")
	if err != nil {
		return reply{}, err
	}
	facets := map[string]string{"": "r.facets", "run": "r.facets", "job": "j.facets"}[r.URL.Query().Get("type")]
	if facets == "" {
		return reply{}, refusal{http.StatusBadRequest, "type must be run or job, got " + shown(r.URL.Query().Get("type"))}
	}
	return s.one(r, "run "+textOf(key), `SELECT json_build_object('runId', r.id, 'facets', `+facets+`)
		FROM runs r JOIN jobs j ON j.id = r.job_id WHERE r.id = $1`, key)
}

// getEvents gives events as they came, by their time.
func (s *server) getEvents(r *http.Request) (reply, error) {
	var wrong problems
	at := func(name, fallback string) pgtype.Timestamptz {
		text := r.URL.Query().Get(name)
		if text == "" {
			text = fallback
		}
		return place{text, name + " in the address", &wrong}.time()
	}
	after, before := at("after", "1970-01-01T00:00:00Z"), at("before", time.Now().Add(24*time.Hour).UTC().Format(time.RFC3339))
	direction := place{r.URL.Query().Get("sortDirection"), "sortDirection in the address", &wrong}.oneOf("ASC", "DESC")
	if direction == "" {
		direction = "DESC"
	}
	if len(wrong) > 0 {
		return reply{}, refusal{http.StatusBadRequest, wrong[0]}
	}
	const which = " FROM events WHERE event_time >= $3 AND event_time < $4"
	found, err := s.list(r, "events", "SELECT event"+which+" ORDER BY event_time "+direction+", number "+direction+" LIMIT $1 OFFSET $2", after, before)
	if err != nil {
		return reply{}, err
	}
	return s.counted(r, found, "SELECT count(*) FROM events WHERE event_time >= $1 AND event_time < $2", after, before)
}
