// Package lua51 embeds the guest for scripts of the Lua 5.1 world: the program of the folder shim, compiled to WebAssembly.
package lua51

import (
	"embed"
	"sync"
)

//go:embed lua51.wasm*
var files embed.FS

// Module returns the guest that guest/lua51/build.sh has made, nil where it was not built. It is read when it is asked for:
// a binary whose scripts are all of another dialect pays nothing for it.
var Module = sync.OnceValue(func() []byte {
	module, err := files.ReadFile("lua51.wasm")
	if err != nil {
		return nil
	}
	return module
})
