package main

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"

	"github.com/jackc/pgx/v5/pgtype"
)

// id is a row's: a digest of what the row stands for, in the form of a UUID. Replicas agree on it without asking the database.
type id = pgtype.UUID

// idOf gives a kind of thing and its names an id. Names are counted, so that no two lists of them run into one.
func idOf(kind string, names ...string) id {
	hash := sha256.New()
	for _, name := range append([]string{kind}, names...) {
		_ = binary.Write(hash, binary.BigEndian, uint64(len(name)))
		hash.Write([]byte(name))
	}
	made := id{Valid: true}
	copy(made.Bytes[:], hash.Sum(nil))
	made.Bytes[6] = made.Bytes[6]&0x0f | 0x80 // version 8: made by a rule of one's own (RFC 9562)
	made.Bytes[8] = made.Bytes[8]&0x3f | 0x80
	return made
}

func namespaceID(name string) id          { return idOf("namespace", name) }
func sourceID(name string) id             { return idOf("source", name) }
func datasetID(namespace, name string) id { return idOf("dataset", namespace, name) }
func jobID(namespace, fullName string) id { return idOf("job", namespace, fullName) }
func textOf(one id) string                { return one.String() }
func optional(text string) pgtype.Text    { return pgtype.Text{String: text, Valid: text != ""} }

// sourceType is what Marquez calls the kind of a source, by its address.
func sourceType(address string) string {
	scheme, _, found := strings.Cut(strings.TrimPrefix(address, "jdbc:"), ":")
	switch {
	case !found, scheme == "postgres":
		return "POSTGRESQL"
	default:
		return strings.ToUpper(scheme)
	}
}
