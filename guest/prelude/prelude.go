// Package prelude holds what scripts find when they start: Lua's libraries as far as the guest's C code cannot bring
// them, and HAProxy's object model. Each part is one chunk, written in the subset that Lua 5.1 and 5.4 both accept, and
// is called with the host table (bind, ref, source, loaded) as its argument.
//
// The package imports nothing of ours: an embedder turns its chunks into its own.
package prelude

import "embed"

//go:embed *.lua
var files embed.FS

// order is the order of loading: a part may use what an earlier one has defined.
var order = []string{
	"base", "package", "os", "io", "socket",
	"class", "check", "core", "proxy", "event", "map", "patref", "regex", "certcache", "shared", "queue", "tracer", "meter", "fetches", "converters", "variable", "http", "channel", "http_message", "reply", "txn", "applet_http", "applet_tcp", "httpclient",
	"register", "filter",
}

// Chunk is one part of the prelude.
type Chunk struct {
	Name   string // as in messages; in angle brackets, which is how the guest tells the prelude from scripts
	Source string
}

// Chunks returns the parts in the order in which they are to be loaded.
func Chunks() []Chunk {
	chunks := make([]Chunk, len(order))
	for i, part := range order {
		source, err := files.ReadFile(part + ".lua")
		if err != nil {
			panic(err) // order names a file that does not exist: the package's own test finds it
		}
		chunks[i] = Chunk{Name: "=<" + part + ">", Source: string(source)}
	}
	return chunks
}
