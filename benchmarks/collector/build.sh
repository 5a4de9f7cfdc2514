#!/bin/sh
# Builds build/otelcol from builder.yaml, unless it is there and newer. It takes minutes and some hundred megabytes of Go's
# module cache, which is why no build needs it but `make collector-test`.
set -eu
cd "$(dirname "$0")"
go=${GO:-go}
if [ build/otelcol -nt builder.yaml ]; then
	exit 0
fi
mkdir -p build
GOBIN="$PWD/build" $go install go.opentelemetry.io/collector/cmd/builder@v0.162.0
# The builder fails at `go mod tidy`, which asks for test dependencies that nobody needs; what it has generated is whole.
build/builder --config builder.yaml --skip-compilation || true
cd build
$go build -mod=mod -trimpath -o otelcol .
rm -f builder ./*.go go.mod go.sum # so that nothing takes them for our own
