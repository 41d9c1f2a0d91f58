#!/bin/sh
# A client that never gives up: each round adds a row in a connection of its own and prints the row's number once the server has confirmed it.
# Where the server is, and who asks, is said by the variables of libpq.
set -eu
until psql -qc "create table if not exists beats (id bigserial primary key, at timestamptz not null default clock_timestamp())"; do sleep 1; done
while :; do
  timeout 3 psql -qAtc "insert into beats default values returning id" || true
  sleep 0.1
done
