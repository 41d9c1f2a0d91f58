#!/bin/sh
# Installs zen-agent with its watcher into a k3d cluster, as the local profile says, and sees one Observation made.
set -eu
self=$(readlink -f -- "$0")
. "$(dirname -- "$self")/../gates.sh"

usage() {
  cat <<'END'
Usage: charts/zen-agent/scripts/demo/helm-smoke-k3d.sh [--kubeconfig FILE] [-- HELM-ARGUMENT…]

Makes a k3d cluster "zen-smoke", installs zen-agent with
docs/examples/values-local.yaml, waits for its pods and for one Observation, and
removes the cluster. Without k3d nothing is done, and why is printed.

  --kubeconfig FILE   use this cluster instead; the namespace zen-smoke is removed
                      afterwards, the kinds stay
  -- HELM-ARGUMENT…   for helm upgrade --install, such as --set image.tag=1.0.2
  SMOKE_IMAGES        images, separated by blanks, that are imported into k3d first

Exit codes: 0 it works, or there is no k3d; 1 it does not; 2 a wrong argument.
END
}

namespace=zen-smoke
kubeconfig=
while [ $# -gt 0 ]; do
  case $1 in
    --help)
      usage
      exit 0
      ;;
    --kubeconfig)
      [ -r "${2-}" ] || {
        printf '%s: --kubeconfig needs a file that can be read\n' "$(basename -- "$self")" >&2
        exit 2
      }
      kubeconfig=$2
      shift 2
      ;;
    --)
      shift
      break
      ;;
    *) refuse_arguments "$1" ;;
  esac
done

if [ -z "$kubeconfig" ] && ! command -v k3d >/dev/null 2>&1; then
  skipped "smoke test: k3d is not on PATH; install it, or name a cluster by --kubeconfig"
  exit 0
fi
eval "$("$hardened" env 2>/dev/null | grep -v PULUMI_)" # helm and kubectl of the toolchain where none is installed
helm=${HELM_BIN:-helm}

scratch=$(mktemp -d)
if [ -z "$kubeconfig" ]; then
  step "k3d cluster create $namespace"
  kubeconfig="$scratch/kubeconfig"
  finish() { k3d cluster delete "$namespace" >/dev/null 2>&1 || true; }
  trap 'finish; rm -rf "$scratch"' EXIT
  k3d cluster create "$namespace" --wait --kubeconfig-update-default=false || exit 1
  k3d kubeconfig get "$namespace" >"$kubeconfig"
  for image in ${SMOKE_IMAGES-}; do k3d image import "$image" --cluster "$namespace"; done
else
  finish() { kubectl delete namespace "$namespace" --wait=false >/dev/null 2>&1 || true; }
  trap 'finish; rm -rf "$scratch"' EXIT
fi
export KUBECONFIG="$kubeconfig"

step "namespace $namespace, restricted"
kubectl apply -f - <<END
apiVersion: v1
kind: Namespace
metadata:
  name: $namespace
  labels:
    pod-security.kubernetes.io/enforce: restricted
END
# The token is nobody's: it goes from the kernel into the Secret, through no argument.
head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n' >"$scratch/token"
kubectl create secret generic zen-agent-token -n "$namespace" --from-file=token="$scratch/token" --dry-run=client -o yaml |
  kubectl apply -f -

step "kinds"
kubectl apply --server-side -f "$root/charts/zen-agent/crds" -f "$root/charts/zen-watcher/crds"

step "helm upgrade --install zen-agent"
"$helm" upgrade --install zen-agent "$root/charts/zen-agent" -n "$namespace" -f "$root/docs/examples/values-local.yaml" \
  --set saas.existingSecret=zen-agent-token --set tenant.id=smoke --set cluster.id=smoke --wait --timeout 180s "$@"

step "an Observation of a warning"
kubectl apply -n "$namespace" -f - <<'END'
apiVersion: zen.kube-zen.io/v1
kind: ObservationMapping
metadata: { name: smoke }
spec:
  sourceName: smoke
  version: v1
  resource: events
  where: [{ path: type, in: [Warning] }]
  category: { default: operations }
  severity: { default: medium }
  eventType: { path: reason }
  message: { path: message }
  subject: { path: involvedObject }
END
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
kubectl create -n "$namespace" -f - <<END
apiVersion: v1
kind: Event
metadata: { generateName: smoke- }
involvedObject: { apiVersion: v1, kind: Namespace, name: $namespace, namespace: $namespace }
type: Warning
reason: Smoke
message: made by the smoke test
firstTimestamp: $now
lastTimestamp: $now
source: { component: smoke }
END
tries=0
until [ -n "$(kubectl get observations -n "$namespace" -o name)" ]; do
  tries=$((tries + 1))
  if [ "$tries" -gt 60 ]; then
    echo "no Observation within 60 s" >&2
    kubectl get pods,observationmappings -n "$namespace" -o wide >&2
    exit 1
  fi
  sleep 1
done
kubectl get pods,observations -n "$namespace"
printf 'ok       zen-agent and zen-watcher run, and an Observation was made\n'
