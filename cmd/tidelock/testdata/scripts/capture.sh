#!/bin/sh
# Writes what HAProxy says of each NAME.cfg here to NAME.haproxy, without process numbers and notices. HAProxy ends at some
# wrong rules: each rule is checked with the others left out. The list of the actions that HAProxy knows is left out too.
cd "$(dirname "$0")" || exit 1
folder=$(mktemp -d) || exit 1
trap 'rm -r "$folder"' EXIT

# check NAME: what HAProxy says of a configuration in the folder.
check() {
	haproxy -c -f "$folder/$1.cfg" 2>&1 | grep '^\[ALERT\]' | grep -v 'found in configuration' |
		sed -e "s|$folder/||g" -e 's/([0-9]*) : /(P) : /' -e "s/ expects '.*', but got / expects ..., but got /" \
			-e "s/ expects '.*' in frontend / expects ... in frontend /"
}

for file in *.cfg; do
	name=${file%.cfg}
	rules=$(grep -n '^	http-\|^	tcp-' "$file" | cut -d: -f1)
	for only in ${rules:-0}; do
		awk -v only="$only" 'NR != only && /^\t(http|tcp)-/ { $0 = "" } { print }' "$file" >"$folder/$file"
		check "$name"
	done >"$name.haproxy"
done
