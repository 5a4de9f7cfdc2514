// Package lua54 embeds the default guest: PUC Lua 5.4 and the shim of this folder, compiled to WebAssembly.
package lua54

import _ "embed"

// Module is made by guest/lua54/build.sh (make guests).
//
//go:embed lua54.wasm
var Module []byte
