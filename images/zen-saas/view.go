package main

import (
	"cmp"
	"maps"
	"slices"
)

// view is everything at one moment: the page and GET /state show it.
type view struct {
	Tenant       string         `json:"tenant"`
	Cluster      string         `json:"cluster"`
	MutualTLS    bool           `json:"mutualTLS"`
	OCSP         string         `json:"ocsp"`
	Agents       []Agent        `json:"agents"`
	Observations []Observation  `json:"observations"`
	Remediations []Remediation  `json:"remediations"`
	Results      []Result       `json:"results"`
	Requests     map[string]int `json:"requests"`     // accepted, refused
	Certificates map[string]int `json:"certificates"` // the clients', by serial number, with accepted requests
	Handshakes   map[string]int `json:"handshakes"`   // by the serial number of the server's certificate
	Refusals     []string       `json:"refusals"`     // the last of them, in words
}

func (s *saas) view() view {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	v := view{
		Tenant: s.config.Tenant, Cluster: s.config.Cluster,
		MutualTLS: s.config.TLSDir != "", OCSP: s.staple.get(),
		Agents:       sorted(s.store.agents, func(x, y Agent) int { return cmp.Compare(x.Instance, y.Instance) }),
		Observations: sorted(s.store.observations, func(x, y Observation) int { return y.ReceivedAt.Compare(x.ReceivedAt) }),
		Remediations: sorted(s.store.remediations, byQueue),
		Results:      sorted(s.store.results, func(x, y Result) int { return y.ReceivedAt.Compare(x.ReceivedAt) }),
	}
	s.counts.summary(&v)
	return v
}

// ResultOf is what became of a remediation, or nothing yet: for the page.
func (v view) ResultOf(name string) *Result {
	for _, one := range v.Results {
		if one.Name == name {
			return &one
		}
	}
	return nil
}

func sorted[T any](all map[string]T, order func(T, T) int) []T {
	list := slices.AppendSeq([]T{}, maps.Values(all))
	slices.SortStableFunc(list, order)
	return list
}
