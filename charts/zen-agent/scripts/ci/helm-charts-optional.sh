#!/bin/sh
# What the outer CI of the platform calls: nothing, until a gate is opened.
set -eu
self=$(readlink -f -- "$0")
. "$(dirname -- "$self")/../gates.sh"

if [ "${1-}" = "--help" ]; then
  cat <<'END'
Usage: charts/zen-agent/scripts/ci/helm-charts-optional.sh

  RUN_HELM_LINT=1    lint and render over the matrix of values
  RUN_HELM_SMOKE=1   smoke test on a k3d cluster
  RUN_GUARDRAILS=1   with RUN_HELM_LINT=1: the policy pack and the registries too

All are off by default; what is skipped is printed.

Exit codes: 0 every step that was asked for is right, 1 one is not, 2 a wrong
variable or argument.
END
  exit 0
fi
refuse_arguments "$@"
check_gates RUN_HELM_LINT RUN_HELM_SMOKE RUN_GUARDRAILS

failed=0
if gate RUN_HELM_LINT; then
  step "ci/helm-lint-and-render.sh"
  "$scripts/ci/helm-lint-and-render.sh" || failed=1
else
  skipped "ci/helm-lint-and-render.sh (RUN_HELM_LINT=1)"
  if gate RUN_GUARDRAILS; then
    skipped "guardrails: they are part of lint and render (RUN_HELM_LINT=1)"
  else
    skipped "guardrails (RUN_HELM_LINT=1 RUN_GUARDRAILS=1)"
  fi
fi
if gate RUN_HELM_SMOKE; then
  step "demo/helm-smoke-k3d.sh"
  "$scripts/demo/helm-smoke-k3d.sh" || failed=1
else
  skipped "demo/helm-smoke-k3d.sh (RUN_HELM_SMOKE=1)"
fi
exit "$failed"
