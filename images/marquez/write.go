package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"

	"github.com/jackc/pgx/v5/pgconn"
)

// document reads a request's JSON body.
func document(r *http.Request) (any, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return nil, refusal{http.StatusUnsupportedMediaType, "the body must be application/json"}
	}
	body, err := io.ReadAll(r.Body)
	if _, tooLong := errors.AsType[*http.MaxBytesError](err); tooLong {
		return nil, refusal{http.StatusRequestEntityTooLarge, fmt.Sprintf("the body must have at most %d bytes", longestBody)}
	}
	if err != nil {
		return nil, refusal{http.StatusBadRequest, "the body did not arrive whole"}
	}
	value, err := parse(body)
	if err != nil {
		return nil, refusal{http.StatusBadRequest, "the body is " + err.Error()}
	}
	return value, nil
}

// postLineage takes an OpenLineage event. An event that comes twice is stored twice and changes nothing else.
func (s *server) postLineage(r *http.Request) (reply, error) {
	value, err := document(r)
	if err != nil {
		return reply{}, err
	}
	one, wrong := readEvent(value)
	if len(wrong) > 0 {
		return reply{}, invalid(wrong)
	}
	if err := record(r.Context(), s.pool, one); err != nil {
		return reply{}, err
	}
	return reply{status: http.StatusCreated}, nil
}

// putNamespace makes a namespace or changes its owner and description.
func (s *server) putNamespace(r *http.Request) (reply, error) {
	value, err := document(r)
	if err != nil {
		return reply{}, err
	}
	var wrong problems
	wrong.refuseUnfit(value, "", 0)
	root := place{value, "", &wrong}
	if root.object(true) {
		root.at("ownerName").name()
	}
	description := root.at("description").text()
	name := place{r.PathValue("namespace"), "namespace in the address", &wrong}.name()
	if len(wrong) > 0 {
		return reply{}, invalid(wrong)
	}
	if err := writeNamespace(r.Context(), s.pool, name, root.at("ownerName").text(), description); err != nil {
		return reply{}, err
	}
	return s.getNamespace(r)
}

// writeNamespace makes a namespace or changes it. A new one gets the owner in the request.
func writeNamespace(ctx context.Context, database executor, name, owner, description string) error {
	_, err := database.Exec(ctx, `INSERT INTO namespaces (id, name, owner, description, created_at, updated_at) VALUES ($1, $2, $3, $4, now(), now())
		ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, description = coalesce(excluded.description, namespaces.description),
			updated_at = excluded.updated_at`, namespaceID(name), name, owner, optional(description))
	return err
}

// executor is a pool or a transaction.
type executor interface {
	Exec(ctx context.Context, statement string, values ...any) (pgconn.CommandTag, error)
}

// putDefaultNamespace makes the one that Marquez has from the start.
func putDefaultNamespace(ctx context.Context, database executor) error {
	return writeNamespace(ctx, database, "default", "anonymous", "Metadata that names no other namespace.")
}
