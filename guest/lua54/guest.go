// Package lua54 embeds the default guest: PUC Lua 5.4 and the shim of this folder, compiled to WebAssembly.
package lua54

import "embed"

//go:embed lua54.wasm*
var files embed.FS

// Module is made by guest/lua54/build.sh (make guests). It is empty where that was left out (make GUESTS=lua51).
var Module, _ = files.ReadFile("lua54.wasm")
