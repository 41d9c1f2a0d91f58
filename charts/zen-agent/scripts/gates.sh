# What every script here shares: where the checkout is, gates, and lines that say what is done. Sourced, after `self` is set to the script's own path.

root=$(CDPATH= cd -- "$(dirname -- "$self")/../../../.." && pwd -P)
scripts="$root/charts/zen-agent/scripts"
hardened="$root/bin/hardened"

# gate NAME: true where the variable NAME is 1. Without it, empty or 0: false. Anything else ends the script with exit code 2.
gate() {
  eval "value=\${$1-}"
  case $value in
    1) return 0 ;;
    0 | "") return 1 ;;
    *)
      printf '%s is "%s"; allowed: 0, 1\n' "$1" "$value" >&2
      exit 2
      ;;
  esac
}

# check_gates NAME…: every gate is looked at before anything runs, so that a wrong one changes nothing. Ends the script with exit code 2.
check_gates() {
  wrong=0
  for name in "$@"; do
    (gate "$name") || [ $? -ne 2 ] || wrong=1
  done
  [ "$wrong" -eq 0 ] || exit 2
}

# step TEXT: what is done now. skipped TEXT: what is not, and how to have it.
step() { printf 'run      %s\n' "$1"; }
skipped() { printf 'skipped  %s\n' "$1"; }

# refuse_arguments ARGUMENT…: ends the script with exit code 2, as none is taken.
refuse_arguments() {
  [ $# -eq 0 ] && return 0
  printf '%s: unknown argument "%s"; see --help\n' "$(basename -- "$self")" "$1" >&2
  exit 2
}
