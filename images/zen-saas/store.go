package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// Agent is a replica of zen-agent that has asked for something.
type Agent struct {
	Instance     string    `json:"instance"`
	Version      string    `json:"version"`
	Modes        []string  `json:"modes"`
	RegisteredAt time.Time `json:"registeredAt"`
}

// Observation is what an agent sent of an Observation.
type Observation struct {
	Name       string         `json:"name"`
	UID        string         `json:"uid,omitempty"`
	Spec       map[string]any `json:"spec"`
	ReceivedAt time.Time      `json:"receivedAt"`
}

// Remediation is an approved change that an agent is to make.
type Remediation struct {
	Name        string         `json:"name"`
	Spec        map[string]any `json:"spec"`
	ApprovedBy  string         `json:"approvedBy"`
	ApprovedVia string         `json:"approvedVia"` // approval mode: ui-immediate, slack, scheduled
	QueuedAt    time.Time      `json:"queuedAt"`
	DeliveredAt *time.Time     `json:"deliveredAt,omitempty"` // when an agent was first told
	ReportedAt  *time.Time     `json:"reportedAt,omitempty"`  // when a result came: not handed out any more
}

// Result is what became of a remediation.
type Result struct {
	Name       string    `json:"name"`
	UID        string    `json:"uid"`
	Phase      string    `json:"phase"`
	Message    string    `json:"message"`
	FinishedAt string    `json:"finishedAt"`
	ReceivedAt time.Time `json:"receivedAt"`
	Duplicates int       `json:"duplicates"` // how often it came again
}

// store is all that is known, in memory.
type store struct {
	mu           sync.Mutex
	now          func() time.Time
	agents       map[string]Agent
	observations map[string]Observation
	remediations map[string]Remediation
	results      map[string]Result
}

func newStore() *store {
	s := &store{now: func() time.Time { return time.Now().UTC() }}
	s.clear()
	return s
}

func (s *store) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.agents, s.observations = map[string]Agent{}, map[string]Observation{}
	s.remediations, s.results = map[string]Remediation{}, map[string]Result{}
}

func (s *store) register(agent Agent) {
	s.mu.Lock()
	defer s.mu.Unlock()
	agent.RegisteredAt = s.now()
	s.agents[agent.Instance] = agent
}

// observe keeps an observation once, however often it comes.
func (s *store) observe(all []Observation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range all {
		key := one.Name + "/" + one.UID
		if _, known := s.observations[key]; !known {
			one.ReceivedAt = s.now()
			s.observations[key] = one
		}
	}
}

// queue takes an approved remediation. What was approved never changes: the same name with another spec is refused.
func (s *store) queue(one Remediation) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if known, there := s.remediations[one.Name]; there {
		if text(known.Spec) != text(one.Spec) {
			return fmt.Errorf("remediation %q is there with another spec; what was approved never changes: choose another name", one.Name)
		}
		return nil
	}
	one.QueuedAt, one.DeliveredAt, one.ReportedAt = s.now(), nil, nil
	s.remediations[one.Name] = one
	return nil
}

// deliver gives the remediations nobody has reported about, the oldest first.
func (s *store) deliver() []Remediation {
	s.mu.Lock()
	defer s.mu.Unlock()
	open := []Remediation{}
	for name, one := range s.remediations {
		if one.ReportedAt != nil {
			continue
		}
		if one.DeliveredAt == nil {
			now := s.now()
			one.DeliveredAt = &now
			s.remediations[name] = one
		}
		open = append(open, one)
	}
	slices.SortFunc(open, byQueue)
	return open
}

// report keeps each result once, and gives how many were there already. A remediation that was rolled back later has a second one.
func (s *store) report(all []Result) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	again := 0
	for _, one := range all {
		key := strings.Join([]string{one.UID, one.Phase, one.FinishedAt, one.Message}, "\n")
		if known, there := s.results[key]; there {
			known.Duplicates++
			s.results[key] = known
			again++
			continue
		}
		one.ReceivedAt, one.Duplicates = s.now(), 0
		s.results[key] = one
		if remediation, there := s.remediations[one.Name]; there {
			at := one.ReceivedAt
			remediation.ReportedAt = &at
			s.remediations[one.Name] = remediation
		}
	}
	return again
}

func byQueue(x, y Remediation) int {
	if order := x.QueuedAt.Compare(y.QueuedAt); order != 0 {
		return order
	}
	return strings.Compare(x.Name, y.Name)
}

// text of a value as JSON: keys in order, so equal values are equal texts.
func text(value any) string {
	written, _ := json.Marshal(value)
	return string(written)
}
