#!/bin/sh
# Starts PostgreSQL with its data in $PGDATA. The first time it makes the database POSTGRES_DB and its owner POSTGRES_USER, who logs in
# over the network with POSTGRES_PASSWORD; the superuser can only come from inside of the container. No password is in an argument.
set -eu
for name in POSTGRES_DB POSTGRES_USER POSTGRES_PASSWORD; do
  eval "value=\${$name:-}"
  case "$value" in
    "") echo "$name is missing from the environment" >&2; exit 2 ;;
    *[!A-Za-z0-9_.-]*) echo "$name holds a character other than A-Z a-z 0-9 _ . -" >&2; exit 2 ;;
  esac
done
for bin in /usr/lib/postgresql/*/bin; do :; done # there is one
major=${bin#/usr/lib/postgresql/}
data=${PGDATA:-/data/${major%/bin}}

if [ ! -e "$data/made" ]; then
  rm -rf "$data" # left by a first start that was killed
  $bin/initdb -D "$data" -U postgres --auth-local=peer --auth-host=scram-sha-256 --encoding=UTF8 --locale=C --no-sync --no-instructions
  echo "host all all all scram-sha-256" >> "$data/pg_hba.conf"
  $bin/postgres --single -j -D "$data" postgres <<EOF
CREATE ROLE "$POSTGRES_USER" LOGIN PASSWORD '$POSTGRES_PASSWORD';

CREATE DATABASE "$POSTGRES_DB" OWNER "$POSTGRES_USER";

EOF
  echo 1 > "$data/made"
fi
# A kubelet that gives the volume to the pod's group opens this folder to the group too, and the server refuses one that others may write to.
chmod 0700 "$data"
unset POSTGRES_PASSWORD
export PATH=$PATH:$bin
exec $bin/postgres -D "$data" -c listen_addresses='*' -c unix_socket_directories=/tmp -c jit=off \
  -c shared_buffers="${POSTGRES_SHARED_BUFFERS:-16MB}" -c max_connections=50 -c dynamic_shared_memory_type=mmap
