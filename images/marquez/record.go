package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"
)

// record stores an event and what it says, in one transaction. Two replicas that get events of the same names write rows in the same
// order; should they still wait for each other, the one that PostgreSQL ends begins again.
func record(ctx context.Context, pool *pgxpool.Pool, one event) error {
	for attempt := 1; ; attempt++ {
		err := pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error { return recordIn(ctx, tx, one) })
		refusal, refused := errors.AsType[*pgconn.PgError](err)
		again := refused && (refusal.Code == "40P01" || refusal.Code == "40001")
		if !again || attempt == 5 {
			return err
		}
		time.Sleep(time.Duration(attempt) * 20 * time.Millisecond)
	}
}

func recordIn(ctx context.Context, tx pgx.Tx, one event) error {
	w := &writer{at: one.Time}
	var job jobRow
	if one.Job != nil {
		var err error
		if job, err = jobOf(ctx, tx, one); err != nil {
			return err
		}
	}
	w.namespaces(one, job)
	w.datasets(one)
	if one.Job != nil {
		w.job(one, job)
	}
	if one.Run != nil {
		w.run(one, job)
	}
	w.links(one, job)
	w.add("INSERT INTO events (event_time, event) VALUES ($1, $2)", one.Time, one.Whole)
	return tx.SendBatch(ctx, &w.batch).Close()
}

// jobRow is what has to be known of a job before it is written: its name is that of its parent and its own.
type jobRow struct {
	ID           id
	Name, Simple string
	Version      id // of what it reads and writes and where it is; not valid when the event says nothing of that

	ParentID, ParentRunID       id // not valid without a parent
	ParentNamespace, ParentName string
}

// jobOf gives the row of an event's job. The parent is the job of the run that the event calls its parent, when that run is known;
// else one of the name it gives.
func jobOf(ctx context.Context, tx pgx.Tx, one event) (jobRow, error) {
	row := jobRow{Name: one.Job.Name, Simple: one.Job.Name}
	if one.Run != nil && one.Run.Parent != nil && one.Run.Parent.RunID != one.Run.ID { // some producers call a run its own parent
		if err := row.findParent(ctx, tx, one); err != nil {
			return row, err
		}
	}
	row.ID = jobID(one.Job.Namespace, row.Name)
	if len(one.Inputs)+len(one.Outputs) > 0 {
		parts := []string{textOf(row.ID), one.Job.Location}
		for _, dataset := range byID(one.Inputs) {
			parts = append(parts, "I", textOf(dataset.id()))
		}
		for _, dataset := range byID(one.Outputs) {
			parts = append(parts, "O", textOf(dataset.id()))
		}
		row.Version = idOf("job version", parts...)
	}
	return row, nil
}

// findParent fills in the parent, and the names that follow from it. A parent of the job's own name is taken to be what stands before
// its last dot: that is how producers name the tasks of a workflow.
func (row *jobRow) findParent(ctx context.Context, tx pgx.Tx, one event) error {
	parent := one.Run.Parent
	namespace, name := parent.Namespace, parent.Name
	if name == one.Job.Name {
		dot := strings.LastIndex(name, ".")
		if dot < 1 {
			return nil
		}
		name = name[:dot]
	}
	const known = "SELECT n.name, j.name FROM runs r JOIN jobs j ON j.id = r.job_id JOIN namespaces n ON n.id = j.namespace_id WHERE r.id = $1"
	err := tx.QueryRow(ctx, known, parent.RunID).Scan(&namespace, &name)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("the parent run: %w", err)
	}
	row.ParentNamespace, row.ParentName = namespace, name
	row.ParentID, row.ParentRunID = jobID(namespace, name), parent.RunID
	if rest, has := cutPrefix(one.Job.Name, name+"."); has {
		row.Simple = rest
	}
	row.Name = name + "." + row.Simple
	return nil
}

// cutPrefix is strings.CutPrefix that leaves something.
func cutPrefix(text, prefix string) (string, bool) {
	if len(text) > len(prefix) && text[:len(prefix)] == prefix {
		return text[len(prefix):], true
	}
	return text, false
}

// byID sorts datasets by their rows, each once: a later one of the same name stands for an earlier one.
func byID(datasets []datasetPart) []datasetPart {
	last := map[id]datasetPart{}
	for _, dataset := range datasets {
		last[dataset.id()] = dataset
	}
	sorted := make([]datasetPart, 0, len(last))
	for _, dataset := range last {
		sorted = append(sorted, dataset)
	}
	slices.SortFunc(sorted, func(a, b datasetPart) int {
		x, y := a.id(), b.id()
		return slices.Compare(x.Bytes[:], y.Bytes[:])
	})
	return sorted
}

// writer collects the statements of one event: they go to the database at once, and it runs them in order.
type writer struct {
	batch pgx.Batch
	at    pgtype.Timestamptz
}

func (w *writer) add(statement string, values ...any) { w.batch.Queue(statement, values...) }
