#!/bin/sh
# Runs every case in HAProxy and keeps what it reports beside the case: NAME.haproxy for NAME.lua.
set -eu
cd "$(dirname "$0")"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for script in *.lua; do
  name=${script%.lua}
  [ "$name" = report ] && continue
  cat >"$scratch/haproxy.cfg" <<CONFIGURATION
global
  lua-load report.lua
  lua-load $script
defaults
  mode http
  timeout client 5s
  timeout server 5s
  timeout connect 5s
listen case
  bind 127.0.0.1:18931
  http-request lua.case
CONFIGURATION
  haproxy -db -f "$scratch/haproxy.cfg" 2>"$scratch/log" &
  pid=$!
  curl --silent --retry 20 --retry-connrefused --retry-delay 1 -H 'Host: example.org' -H 'X-List: abb, bc, b' -H 'X-Pair: a, b' \
    'http://127.0.0.1:18931/hash?a=b' >"$name.haproxy"
  kill "$pid"
  wait "$pid" || true
done
