#!/usr/bin/env bash
# Shows what Postern does: compiles a policy tree, prints what a request can cost at most, and decides one request for every
# reason that docs/decision.md knows. Called by `make demo`; POSTERN names the command where it is not the debug build's.
set -eu
cd "$(dirname "$0")/.."
postern=${POSTERN:-.build/debug/postern}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# A title, the folder of a tree, the folder of its requests.
show() {
  echo "== $1: $2"
  (cd "$scratch" && "$postern" compile "$OLDPWD/$2" -o policy.ptb --revision 1)
  echo
  echo "The most that any request to an app can cost:"
  "$postern" inspect "$scratch/policy.ptb" --costs
  echo
  echo "Decisions of $3:"
  "$postern" eval "$scratch/policy.ptb" --table "$3"
}

postern=$(realpath "$postern")
show "A policy tree worth copying" policies demo/requests
echo
show "A person in too many groups" demo/crowd/policies demo/crowd/requests
