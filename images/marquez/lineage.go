package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// mostNodes bounds a graph: a larger one is asked for in parts, with a smaller depth.
const mostNodes = 2000

// node is a job or a dataset in the lineage graph, as Marquez gives it.
type node struct {
	ID       string          `json:"id"`
	Type     string          `json:"type"`
	Data     json.RawMessage `json:"data"`
	InEdges  []edge          `json:"inEdges"`
	OutEdges []edge          `json:"outEdges"`
}

type edge struct {
	Origin      string `json:"origin"`
	Destination string `json:"destination"`
}

// link is one line between a job and a dataset.
type link struct {
	Job, Dataset id
	Direction    string
}

// readNodeID splits job:<namespace>:<name> and dataset:<namespace>:<name>. A namespace may hold colons (postgres://host:5432), a name too;
// which colon parts them only the database can say, so every way to split it is given.
func readNodeID(text string) (kind string, splits [][2]string, err error) {
	kind, rest, _ := strings.Cut(text, ":")
	rest, _, _ = strings.Cut(rest, "#") // a version
	for index, char := range rest {
		if char == ':' && index > 0 && index < len(rest)-1 {
			splits = append(splits, [2]string{rest[:index], rest[index+1:]})
		}
	}
	if (kind != "job" && kind != "dataset") || len(splits) == 0 || len(text) > 3*longestName {
		return "", nil, refusal{http.StatusBadRequest, fmt.Sprintf("nodeId must be like job:<namespace>:<name> or dataset:<namespace>:<name>, got %s", shown(text))}
	}
	return kind, splits, nil
}

// getLineage gives the graph around a job or a dataset: jobs at most `depth` jobs away, with the datasets that they read and write.
func (s *server) getLineage(r *http.Request) (reply, error) {
	depth, err := number(r, "depth", 20, 100)
	if err != nil {
		return reply{}, err
	}
	text := r.URL.Query().Get("nodeId")
	kind, splits, err := readNodeID(text)
	if err != nil {
		return reply{}, err
	}
	start, err := s.startOf(r, kind, splits)
	if err != nil {
		return reply{}, err
	}
	if !start.Valid {
		return reply{}, refusal{http.StatusNotFound, "node " + shown(text) + " not found"}
	}
	jobs, datasets := map[id]bool{}, map[id]bool{}
	if kind == "job" {
		jobs[start] = true
	} else {
		datasets[start] = true
		depth++ // the jobs next to it are the first
	}
	links, err := s.walk(r, jobs, datasets, depth)
	if err != nil {
		return reply{}, err
	}
	return s.graph(r, jobs, datasets, links)
}

// startOf finds the row of a node; not valid when there is none.
func (s *server) startOf(r *http.Request, kind string, splits [][2]string) (id, error) {
	ids := make([]id, len(splits))
	for index, split := range splits {
		ids[index] = idOf(kind, split[0], split[1])
	}
	rows, err := s.pool.Query(r.Context(), "SELECT id FROM "+kind+"s WHERE id = ANY($1) ORDER BY id LIMIT 1", ids)
	if err != nil {
		return id{}, err
	}
	defer rows.Close()
	var found id
	for rows.Next() {
		if err := rows.Scan(&found); err != nil {
			return id{}, err
		}
	}
	return found, rows.Err()
}

// walk adds what is connected, step by step: from jobs to their datasets, from those to their other jobs.
func (s *server) walk(r *http.Request, jobs, datasets map[id]bool, depth int) (map[link]bool, error) {
	links := map[link]bool{}
	query := func(column string, of map[id]bool) (added int, err error) {
		rows, err := s.pool.Query(r.Context(), "SELECT job_id, dataset_id, direction FROM job_datasets WHERE "+column+" = ANY($1)", keys(of))
		if err != nil {
			return 0, err
		}
		defer rows.Close()
		for rows.Next() {
			var one link
			if err := rows.Scan(&one.Job, &one.Dataset, &one.Direction); err != nil {
				return 0, err
			}
			added += add(jobs, one.Job) + add(datasets, one.Dataset)
			links[one] = true
			if len(jobs)+len(datasets) > mostNodes {
				return 0, refusal{http.StatusBadRequest, fmt.Sprintf("the graph has more than %d nodes; ask for a smaller depth", mostNodes)}
			}
		}
		return added, rows.Err()
	}
	for step := 0; ; step++ {
		if _, err := query("job_id", jobs); err != nil || step >= depth {
			return links, err
		}
		added, err := query("dataset_id", datasets)
		if err != nil || added == 0 {
			return links, err
		}
	}
}

func add(to map[id]bool, one id) int {
	if to[one] {
		return 0
	}
	to[one] = true
	return 1
}

func keys(of map[id]bool) []id {
	found := make([]id, 0, len(of))
	for one := range of {
		found = append(found, one)
	}
	return found
}

// graph puts nodes and edges together, in the order of their ids.
func (s *server) graph(r *http.Request, jobs, datasets map[id]bool, links map[link]bool) (reply, error) {
	nodes := map[id]*node{}
	load := func(kind, view string, of map[id]bool) error {
		rows, err := s.pool.Query(r.Context(), `SELECT v.id, n.name, v.name, v.document FROM `+view+` v
			JOIN namespaces n ON n.id = v.namespace_id WHERE v.id = ANY($1)`, keys(of))
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var key id
			var namespace, name string
			one := &node{Type: strings.ToUpper(kind), InEdges: []edge{}, OutEdges: []edge{}}
			if err := rows.Scan(&key, &namespace, &name, &one.Data); err != nil {
				return err
			}
			one.ID = kind + ":" + namespace + ":" + name
			nodes[key] = one
		}
		return rows.Err()
	}
	if err := load("job", "job_documents", jobs); err != nil {
		return reply{}, err
	}
	if err := load("dataset", "dataset_documents", datasets); err != nil {
		return reply{}, err
	}
	for one := range links {
		from, to := nodes[one.Dataset], nodes[one.Job]
		if one.Direction == "O" {
			from, to = to, from
		}
		if from == nil || to == nil {
			continue
		}
		line := edge{from.ID, to.ID}
		from.OutEdges, to.InEdges = append(from.OutEdges, line), append(to.InEdges, line)
	}
	graph := make([]*node, 0, len(nodes))
	for _, one := range nodes {
		for _, edges := range [][]edge{one.InEdges, one.OutEdges} {
			slices.SortFunc(edges, func(a, b edge) int {
				return strings.Compare(a.Origin+"\x00"+a.Destination, b.Origin+"\x00"+b.Destination)
			})
		}
		graph = append(graph, one)
	}
	slices.SortFunc(graph, func(a, b *node) int { return strings.Compare(a.ID, b.ID) })
	return ok(map[string]any{"graph": graph}), nil
}
