#!/bin/sh
# Writes what HAProxy says of each NAME.cfg here to NAME.haproxy, without process numbers and notices.
cd "$(dirname "$0")" || exit 1
for file in *.cfg; do
	haproxy -c -f "$file" 2>&1 | grep -v '^\[NOTICE\]' | sed 's/([0-9]*) : /(PID) : /' > "${file%.cfg}.haproxy"
done
