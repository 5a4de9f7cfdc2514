#!/bin/sh
# Builds build/jaeger, Jaeger's all-in-one of this version, unless it is there and newer than this script. The sources come
# through Go's module proxy, which has not the pages of its user interface: what it knows is asked for as JSON. It takes
# minutes and some hundred megabytes of Go's module cache, which is why no build needs it but `make jaeger-test`.
set -eu
version=v1.76.0
cd "$(dirname "$0")"
go=${GO:-go}
if [ build/jaeger -nt build.sh ]; then
	exit 0
fi
# The module replaces one of its dependencies, which `go install` refuses for modules that are not the main one: a copy is.
source=$($go mod download -json "github.com/jaegertracing/jaeger@$version" | sed -n 's/^\t"Dir": "\(.*\)",*$/\1/p')
rm -rf build
mkdir build
cp -R "$source" build/source
chmod -R u+w build/source
(cd build/source && $go build -trimpath -o ../jaeger ./cmd/all-in-one)
rm -rf build/source
