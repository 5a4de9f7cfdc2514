#!/bin/bash
# Writes what HAProxy 2.6.12 makes of each line of conditions.txt (haproxy -cc) to conditions.haproxy: status, condition
# and message, with tabs between. The environment is that of the test.
cd "$(dirname "$0")" || exit 1
while IFS= read -r condition; do
	message=$(env -i A='a b' /usr/sbin/haproxy -cc "$condition" 2>&1 | sed -n 's/^\[ALERT\].*(.*) : config : //p')
	env -i A='a b' /usr/sbin/haproxy -cc "$condition" >/dev/null 2>&1
	printf '%s\t%s\t%s\n' "$?" "$condition" "$message"
done <conditions.txt >conditions.haproxy
