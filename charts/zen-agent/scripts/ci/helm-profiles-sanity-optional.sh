#!/bin/sh
# Validates the example values of every profile with the policy pack.
set -eu
self=$(readlink -f -- "$0")
. "$(dirname -- "$self")/../gates.sh"

if [ "${1-}" = "--help" ]; then
  cat <<'END'
Usage: charts/zen-agent/scripts/ci/helm-profiles-sanity-optional.sh

Renders zen-agent with docs/examples/values-<profile>.yaml of every profile and
evaluates it with the policy pack at the profile's strictness.

  RUN_HELM_PROFILES_SANITY=1   does it; without it nothing is done

Exit codes: 0 all are right, or nothing was to be done; 1 one is not; 2 a wrong
variable or argument.
END
  exit 0
fi
refuse_arguments "$@"
check_gates RUN_HELM_PROFILES_SANITY

if ! gate RUN_HELM_PROFILES_SANITY; then
  skipped "example values of every profile (RUN_HELM_PROFILES_SANITY=1)"
  exit 0
fi
step "example values of every profile"
exec "$hardened" chart matrix "$scripts/ci/profiles.yaml" --policy
