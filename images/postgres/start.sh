#!/bin/sh
# Starts PostgreSQL with its data in $PGDATA. The first time it makes the database POSTGRES_DB and its owner POSTGRES_USER, who logs in
# over the network with POSTGRES_PASSWORD; or, for each name in POSTGRES_ROLES, a role with the password in PASSWORD_<name> and its database of the same name,
# to which no other role connects. The superuser can only come from inside of the container. No password is in an argument.
set -eu
value_of() {
  eval "value=\${$1:-}"
  case "$value" in
    "") echo "$1 is missing from the environment" >&2; exit 2 ;;
    *[!A-Za-z0-9_.-]*) echo "$1 holds a character other than A-Z a-z 0-9 _ . -" >&2; exit 2 ;;
  esac
}
case "${POSTGRES_ROLES:-}" in
  "") for name in POSTGRES_DB POSTGRES_USER POSTGRES_PASSWORD; do value_of $name; done ;;
  *[!a-z0-9\ ]*) echo "POSTGRES_ROLES holds a character other than a-z, 0-9 and the space between names" >&2; exit 2 ;;
  *) for role in $POSTGRES_ROLES; do value_of "PASSWORD_$role"; done ;;
esac
for bin in /usr/lib/postgresql/*/bin; do :; done # there is one
major=${bin#/usr/lib/postgresql/}
data=${PGDATA:-/data/${major%/bin}}

statements() { # role, database, variable of the password
  value_of "$3"
  printf "CREATE ROLE \"%s\" LOGIN PASSWORD '%s';\n\n" "$1" "$value"
  printf 'CREATE DATABASE "%s" OWNER "%s";\n\n' "$2" "$1"
  printf 'REVOKE CONNECT ON DATABASE "%s" FROM PUBLIC;\n\n' "$2"
}
all_statements() {
  if [ -z "${POSTGRES_ROLES:-}" ]; then
    statements "$POSTGRES_USER" "$POSTGRES_DB" POSTGRES_PASSWORD
  else
    for role in $POSTGRES_ROLES; do statements "$role" "$role" "PASSWORD_$role"; done
  fi
}

if [ ! -e "$data/made" ]; then
  rm -rf "$data" # left by a first start that was killed
  $bin/initdb -D "$data" -U postgres --auth-local=peer --auth-host=scram-sha-256 --encoding=UTF8 --locale=C --no-sync --no-instructions
  echo "host all all all scram-sha-256" >> "$data/pg_hba.conf"
  all_statements | $bin/postgres --single -j -D "$data" postgres
  echo 1 > "$data/made"
fi
# A kubelet that gives the volume to the pod's group opens this folder to the group too, and the server refuses one that others may write to.
chmod 0700 "$data"
unset POSTGRES_PASSWORD
for role in ${POSTGRES_ROLES:-}; do unset "PASSWORD_$role"; done
export PATH=$PATH:$bin
exec $bin/postgres -D "$data" -c listen_addresses='*' -c unix_socket_directories=/tmp -c jit=off \
  -c shared_buffers="${POSTGRES_SHARED_BUFFERS:-16MB}" -c max_connections="${POSTGRES_MAX_CONNECTIONS:-50}" -c dynamic_shared_memory_type=mmap
