#!/usr/bin/env bash
# What the gate costs nginx: requests a second of a static file without it and with it, a valid session, keep-alive on a Unix socket, in turns,
# and with an nginx in the gate's place that allows whatever it is asked, which is as much as any gate can reach here; then the latencies at
# half of that load, and the memory before and after. Starts the demo with a release build, logs in with a real browser. Called by
# `make bench-gate`.
#
# POSTERN_LOAD_SECONDS of each turn (5), POSTERN_LOAD_ROUNDS (3), POSTERN_LOAD_SOAK seconds at the end (0), POSTERN_LOAD_STORE (memory, redis).
set -eu
cd "$(dirname "$0")/../.."
seconds=${POSTERN_LOAD_SECONDS:-5}
rounds=${POSTERN_LOAD_ROUNDS:-3}
soak=${POSTERN_LOAD_SOAK:-0}
folder=$(mktemp -d /tmp/postern-load.XXXX)
connections=32
children=()
trap 'kill "${children[@]}" 2>/dev/null || true; wait; rm -rf "$folder"' EXIT

if [[ ${POSTERN_LOAD_STORE:-memory} == redis ]]; then
  redis-server --port 0 --unixsocket "$folder/redis.sock" --dir "$folder" --appendonly yes --appendfsync always --save '' >"$folder/redis.log" 2>&1 &
  children+=($!)
  export POSTERND_STORE_KIND=redis POSTERND_STORE_ADDRESS="unix:$folder/redis.sock"
  for _ in $(seq 50); do [[ -S $folder/redis.sock ]] && break; sleep 0.1; done
fi

POSTERND=.build-release/release/posternd POSTERN_DEMO_LISTENERS="nginx=unix:$folder/gate.sock" demo/gate.sh >"$folder/demo.log" 2>&1 &
demo=$!
children+=("$demo")
for _ in $(seq 100); do
  grep -q 'Ctrl-C' "$folder/demo.log" && break
  kill -0 "$demo" 2>/dev/null || { cat "$folder/demo.log" >&2; exit 1; }
  sleep 0.2
done

session=$(.build-service/bin/python Benchmarks/Gate/sign_in.py "$(command -v chromium)")
cp docs/recipes/nginx/*.conf "$folder"
sed 's#http://postern#http://open#' "$folder/postern-server.conf" >"$folder/open-server.conf"
head -c 1024 /dev/zero | tr '\0' x >"$folder/file"

# An nginx of one worker with these servers.
start_nginx() {
  cat >"$folder/$1.conf" <<CONF
daemon off; pid $1.pid; error_log $1.log; worker_processes 1;
$( ((EUID == 0)) && echo 'user root;')
events { worker_connections 1024; }
http {
  access_log off; root $folder; keepalive_requests 100000000;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  $2
}
CONF
  nginx -p "$folder" -c "$1.conf" &
  children+=($!)
}

# As long as an assertion of this policy.
assertion=$(head -c 340 /dev/zero | tr '\0' x)
start_nginx open "server { listen unix:$folder/open.sock; location / { return 200; add_header X-Goog-IAP-JWT-Assertion $assertion;
  add_header X-Goog-Authenticated-User-Email people:ann@example.com; add_header X-Goog-Authenticated-User-ID people:ann; } }"
start_nginx nginx "
  upstream postern { server unix:$folder/gate.sock; keepalive 64; keepalive_requests 100000000; }
  upstream open { server unix:$folder/open.sock; keepalive 64; keepalive_requests 100000000; }
  server { listen 127.0.0.1:8600; location / { } }
  server { listen 127.0.0.1:8601; include postern-server.conf; location / { include postern-location.conf; } }
  server { listen 127.0.0.1:8602; include open-server.conf; location / { include postern-location.conf; } }"
for _ in $(seq 50); do curl -sf -o /dev/null http://127.0.0.1:8600/file && break; sleep 0.1; done

# What a browser sends.
headers=(-H 'Host: wiki.localhost' -H "Cookie: __Host-postern=$session"
  -H 'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36' -H 'Accept: text/html,*/*;q=0.8' -H 'Accept-Language: en'
  -H 'Sec-Fetch-Mode: navigate' -H 'Sec-Fetch-Dest: document' -H 'Sec-Fetch-Site: none')
# The same address over and over, or, with `new`, one that never came before: of those the gate keeps nothing.
echo 'local n = 0; request = function() n = n + 1; return wrk.format(nil, "/file?" .. n) end' >"$folder/new.lua"
ask() { wrk -t1 -c$connections -d"${2}s" ${3:+-s "$folder/$3.lua"} "${headers[@]}" "http://127.0.0.1:$1/file"; }

# Each connection asks at its own even pace; wrk's delays would end by the millisecond, many at once.
latencies() {
  h2load --h1 -t1 -c$connections --rps=$(($2 / connections)) -n $(($2 * seconds)) --log-file="$folder/latencies" "${headers[@]}" \
    "http://127.0.0.1:$1/file" >/dev/null
  cut -f3 "$folder/latencies" | sort -n | awk '{ all[NR] = $1 } END {
    printf "p50 %.2f ms, p99 %.2f ms, of %d requests", all[int(NR / 2)] / 1000, all[int(NR * 0.99)] / 1000, NR }'
  rm "$folder/latencies"
}

rate() { awk '/Requests\/sec/ { print int($2) }'; }
median() { sort -n | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }
resident() { awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$gate/status"; }

gate=$(pgrep -f "nginx=unix:$folder/gate.sock" | head -1)
ask 8601 2 >"$folder/first"
if grep -q 'Non-2xx' "$folder/first"; then
  echo "the session is not let in" >&2
  exit 1
fi
before=$(resident)
compare() {
  local ratios=() limits=()
  for round in $(seq "$rounds"); do
    plain=$(ask 8600 "$seconds" "$@" | rate)
    guarded=$(ask 8601 "$seconds" "$@" | rate)
    open=$(ask 8602 "$seconds" "$@" | rate)
    ratios+=($((100 * guarded / plain)))
    limits+=($((100 * open / plain)))
    echo "round $round: $plain requests a second without the gate, $guarded with it: ${ratios[-1]} %; $open with one that allows everything: ${limits[-1]} %"
  done
  echo "the gate leaves nginx $(printf '%s\n' "${ratios[@]}" | median) %, one that allows everything $(printf '%s\n' "${limits[@]}" | median) % (medians of $rounds)"
}
echo "addresses that never came before:"
compare new
echo "one address:"
compare

half=$((guarded / 2))
echo "at $half requests a second: $(latencies 8601 $half); without the gate $(latencies 8600 $half)"
if ((soak > 0)); then
  ask 8601 "$soak" | awk '/requests in/ { print "soak: " $1 " requests in " $4 }'
fi
echo "resident memory of the gate: $before MiB before, $(resident) MiB after"
