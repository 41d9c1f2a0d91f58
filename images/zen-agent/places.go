package main

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// place is the address of a repository over https, or of what is above repositories.
type place struct {
	host string
	port string
	path []string
}

var (
	server  = regexp.MustCompile(`^((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)(?::([1-9][0-9]{0,4}))?$`)
	segment = regexp.MustCompile(`^[A-Za-z0-9._~+-]+$`)
)

// placeOf reads an address. What two programs could read in two ways is none: a login, a query, a fragment, an escape, a dot segment, an
// empty one, a host that is not in lower case.
func placeOf(address string) (place, error) {
	rest, ok := strings.CutPrefix(address, "https://")
	if !ok {
		return place{}, refuse("git", "the repository %q is not reached by https, which is all that the agent can", address)
	}
	host, way, _ := strings.Cut(strings.TrimSuffix(rest, "/"), "/")
	found := server.FindStringSubmatch(host)
	if found == nil {
		return place{}, refuse("git", "the repository %q has no host in lower-case letters, with or without a port, and nothing beside it", address)
	}
	at := place{host: found[1], port: found[2]}
	if at.port == "" {
		at.port = "443"
	}
	if n, _ := strconv.Atoi(at.port); n > 65535 {
		return place{}, refuse("git", "the repository %q has a port that there is not", address)
	}
	if way == "" {
		return at, nil
	}
	at.path = strings.Split(way, "/")
	if slices.ContainsFunc(at.path, func(one string) bool { return !segment.MatchString(one) || one == "." || one == ".." }) {
		return place{}, refuse("git", "the path of the repository %q is not plain: no escapes, no dots as a part of it, no query", address)
	}
	return at, nil
}

// String is the address that is asked: what was compared, and nothing else.
func (p place) String() string {
	host := p.host
	if p.port != "443" {
		host += ":" + p.port
	}
	return strings.Join(append([]string{"https://" + host}, p.path...), "/")
}

// has tells whether another place is this one, or below it.
func (p place) has(other place) bool {
	return p.host == other.host && p.port == other.port && len(other.path) >= len(p.path) && slices.Equal(p.path, other.path[:len(p.path)])
}

// repositoryAt gives the place of a repository that the agent may commit to, or says why it may not: it is not among those that are named,
// nor below one. With none named there is none.
func (c Config) repositoryAt(address string) (place, error) {
	at, err := placeOf(address)
	if err != nil {
		return place{}, err
	}
	if len(at.path) == 0 || !slices.ContainsFunc(c.Repositories, func(one place) bool { return one.has(at) }) {
		var all []string
		for _, one := range c.Repositories {
			all = append(all, one.String())
		}
		return place{}, refuse("git", "the agent may not commit to %s; allowed: %s", at, named(all))
	}
	return at, nil
}
