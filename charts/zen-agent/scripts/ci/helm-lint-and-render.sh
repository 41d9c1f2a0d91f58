#!/bin/sh
# Lints and renders zen-agent and zen-watcher over their matrix of values.
set -eu
self=$(readlink -f -- "$0")
. "$(dirname -- "$self")/../gates.sh"

if [ "${1-}" = "--help" ]; then
  cat <<'END'
Usage: charts/zen-agent/scripts/ci/helm-lint-and-render.sh

Lints and renders zen-agent and zen-watcher with every combination of
charts/zen-agent/scripts/ci/matrix.yaml, and prints how many there are.

  RUN_GUARDRAILS=1   evaluates each render with the policy pack too, its images
                     by the registries its profile allows
  HELM_MATRIX=FILE   another matrix of values

Exit codes: 0 all combinations are right, 1 one is not, 2 a wrong variable or
argument.
END
  exit 0
fi
refuse_arguments "$@"
check_gates RUN_GUARDRAILS
matrix=${HELM_MATRIX:-$scripts/ci/matrix.yaml}

if gate RUN_GUARDRAILS; then
  step "lint, render, guardrails"
  exec "$hardened" chart matrix "$matrix" --policy
fi
step "lint, render"
skipped "guardrails (RUN_GUARDRAILS=1)"
exec "$hardened" chart matrix "$matrix"
