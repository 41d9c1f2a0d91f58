package main

import (
	"net/url"
	"os"
	"slices"
	"strings"
)

// address reads a server's URL from the environment. The value holds a password: no text repeats any of it.
func address(name string, schemes ...string) (*url.URL, error) {
	value := os.Getenv(name)
	if value == "" {
		return nil, failed(exitInput, "%s is missing from the environment; it comes from a Secret", name)
	}
	parsed, err := url.Parse(value)
	if err != nil || !slices.Contains(schemes, parsed.Scheme) || parsed.Hostname() == "" {
		return nil, failed(exitInput, "%s is not a URL such as %s://user:password@host:port/name (not shown)", name, schemes[0])
	}
	return parsed, nil
}

// addresses reads both servers' URLs and names everything that is wrong with them at once.
func addresses() (database, queue *url.URL, err error) {
	database, wrongDatabase := databaseAddress()
	queue, wrongQueue := address("REDIS_URL", "redis", "rediss")
	var texts []string
	for _, wrong := range []error{wrongDatabase, wrongQueue} {
		if wrong != nil {
			texts = append(texts, wrong.Error())
		}
	}
	if len(texts) > 0 {
		return nil, nil, failure{exitInput, strings.Join(texts, "\n")}
	}
	return database, queue, nil
}

// databaseAddress takes SQLAlchemy's spelling of the driver too: postgresql+asyncpg://.
func databaseAddress() (*url.URL, error) {
	found, err := address("DATABASE_URL", "postgresql", "postgres", "postgresql+asyncpg", "postgresql+psycopg")
	if err == nil {
		found.Scheme = "postgres"
	}
	return found, err
}
