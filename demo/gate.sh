#!/usr/bin/env bash
# Starts the whole thing on localhost: an app behind nginx, posternd with sessions in memory, a real OpenID provider. Prints the URLs and
# two people to log in as, and runs until it is interrupted. `--check` asks it once instead, and ends. Called by `make demo`.
set -eu
cd "$(dirname "$0")/.."
root=$PWD
folder=$root/.build-demo
python=$root/.build-service/bin/python
posternd=$(realpath "${POSTERND:-.build/debug/posternd}")
mkdir -p "$folder"
cp docs/recipes/nginx/*.conf demo/gate/nginx.conf "$folder"
[[ -f $folder/certificate.pem ]] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 \
  -subj /CN=localhost -addext 'subjectAltName=DNS:id.localhost,DNS:login.localhost,DNS:payroll.localhost,DNS:wiki.localhost' \
  -keyout "$folder/key.pem" -out "$folder/certificate.pem" 2>/dev/null
[[ -f $folder/signing.pem ]] || openssl genpkey -algorithm ed25519 -out "$folder/signing.pem"
openssl pkey -in "$folder/signing.pem" -pubout -out "$folder/verification.pem"
revision=$(date +%s)
"$root/.build/debug/postern" compile demo/gate/policies --output "$folder/policy.ptb" --revision "$revision" --sign "$folder/signing.pem"

children=()
trap 'kill "${children[@]}" 2>/dev/null || true; wait' EXIT

start() {
  local log=$1
  shift
  "$@" >"$folder/$log" 2>&1 &
  children+=($!)
}

start provider.log "$python" demo/gate/provider.py 8481 id.localhost:8443 https://login.localhost:8443/callback/people
start app.log "$python" demo/gate/app.py 8482
if ((EUID == 0)); then
  start nginx.out nginx -p "$folder" -c nginx.conf -g 'user root;'
else
  start nginx.out nginx -p "$folder" -c nginx.conf
fi
export POSTERND_PROVIDERS_PEOPLE_CLIENT_SECRET=secret
export POSTERND_PROVIDERS_PEOPLE_VOUCHES_FOR_EMAILS=true
export POSTERND_PROVIDERS_PEOPLE_GROUPS_CLAIM=none
start posternd.log "$posternd" --bundle-file "$folder/policy.ptb" \
  --bundle-verification-key-file "$folder/verification.pem" --login-host login.localhost --public-port 8443 \
  --listeners "nginx=127.0.0.1:8480${POSTERN_DEMO_LISTENERS:+,$POSTERN_DEMO_LISTENERS}" --operations-listener 127.0.0.1:8490 --state-folder "$folder/state" \
  --tls-trusted-roots-file "$folder/certificate.pem"

# Everything is up when the gate is ready and the provider answers through nginx.
ready() {
  curl -sf -o /dev/null http://127.0.0.1:8490/readyz \
    && curl -sf -o /dev/null --cacert "$folder/certificate.pem" https://id.localhost:8443/.well-known/openid-configuration
}
for _ in $(seq 300); do
  ready && break
  for child in "${children[@]}"; do
    kill -0 "$child" 2>/dev/null || { echo "something ended; see $folder/*.log" >&2; tail -n 5 "$folder"/*.log >&2; exit 1; }
  done
  sleep 0.1
done

if [[ ${1:-} == --check ]]; then
  location=$(curl -s -o /dev/null --cacert "$folder/certificate.pem" -H 'accept: text/html' -w '%{redirect_url}' https://payroll.localhost:8443/)
  [[ $location == https://login.localhost:8443/login\?request=* ]] || { echo "payroll led to '$location'" >&2; exit 1; }
  echo "1 passed, 0 failed"
  exit 0
fi

cat <<TEXT

  https://wiki.localhost:8443/      everybody of example.com
  https://payroll.localhost:8443/   ann alone; idle for two minutes it asks for a login again

  Log in as ann or bob, password: correct horse
  From a terminal: export SSL_CERT_FILE=.build-demo/certificate.pem
    postern login --issuer https://login.localhost:8443
    postern curl --cacert .build-demo/certificate.pem https://wiki.localhost:8443/

  The certificate is the demo's own: the browser will say so once for each host.

  policies: demo/gate/policies   logs: .build-demo/*.log   metrics: http://127.0.0.1:8490/metrics
  Ctrl-C ends it.

TEXT
wait
