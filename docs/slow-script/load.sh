#!/bin/sh
# Asks the shop 500 times, every fiftieth time with 800 things, and prints how long the answers took, in seconds.
for i in $(seq 500); do
	[ $((i % 50)) = 0 ] && things=800 || things=3
	curl -s -o /dev/null -w '%{time_total}\n' "127.0.0.1:8080/?things=$things"
done | sort -n | awk '{t[NR] = $1} END {print "p50", t[NR * 0.5], "p98", t[NR * 0.98], "p99", t[NR * 0.99]}'
