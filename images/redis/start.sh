#!/bin/sh
# Starts Redis with the password of REDIS_PASSWORD, in memory only. The configuration comes on standard input: nothing of it is in an argument.
set -eu
if [ -z "${REDIS_PASSWORD:-}" ]; then
  echo "REDIS_PASSWORD is missing from the environment" >&2
  exit 2
fi
exec redis-server - <<EOF
bind * -::*
port 6379
protected-mode yes
requirepass ${REDIS_PASSWORD}
save ""
appendonly no
maxmemory ${REDIS_MAXMEMORY:-32mb}
maxmemory-policy noeviction
dir /tmp
EOF
