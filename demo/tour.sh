#!/usr/bin/env bash
# Shows what Postern does: compiles a policy tree, prints what a request can cost at most, and decides one request for every
# reason that docs/decision.md knows. Called by `make tour`; POSTERN names the command where it is not the debug build's.
set -eu
cd "$(dirname "$0")/.."
postern=${POSTERN:-.build/debug/postern}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The folder of a tree, the name of a bundle, its revision.
compile() {
  (cd "$scratch" && "$postern" compile "$OLDPWD/$1" -o "$2" --revision "$3")
}

# A title, the folder of a tree, the folder of its requests.
show() {
  echo "== $1: $2"
  compile "$2" policy.ptb 1
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
echo
show "A condition" demo/conditions/policies demo/conditions/requests

echo
echo "== A new revision, and a proxy that did not resolve its identities again: policies"
compile policies old.ptb 1
compile policies new.ptb 2
echo
"$postern" eval "$scratch/new.ptb" --request demo/requests/01-cfo-opens-payroll.json \
  --resolved-by "$scratch/old.ptb" || [ $? = 2 ]

echo
echo "== One decision with the road to it: policies"
"$postern" explain policies --request demo/requests/53-idle-for-exactly-the-limit.json || [ $? = 2 ]
