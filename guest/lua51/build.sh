#!/usr/bin/env bash
# Compiles lua51.wasm, which needs Go alone. Go's own build cache knows when one of its inputs has changed, and the same
# inputs give the same bytes, wherever the repository lies.
#
#   GO   Go's command
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

GOOS=wasip1 GOARCH=wasm "${GO:-go}" build -buildvcs=false -buildmode=c-shared -trimpath -ldflags '-s -w' -o lua51.wasm ./shim
