// Package guest lists the dialects of Lua that scripts may be written in, and the interpreters for them.
package guest

import (
	"tidelock/guest/lua51"
	"tidelock/guest/lua54"
)

// Dialect is a version of Lua, as configurations name it.
type Dialect string

// The dialects.
const (
	Lua54 Dialect = "5.4"
	Lua51 Dialect = "5.1"
)

// dialects are in the order of preference.
var dialects = []struct {
	name   Dialect
	folder string
	module func() []byte
}{
	{Lua54, "lua54", func() []byte { return lua54.Module }},
	{Lua51, "lua51", lua51.Module},
}

// Dialects returns all dialects, built or not, the preferred one first.
func Dialects() []Dialect {
	var names []Dialect
	for _, d := range dialects {
		names = append(names, d.name)
	}
	return names
}

// Default is the dialect of scripts that name none: the preferred one of those that were built, empty when none was.
func Default() Dialect {
	for _, d := range dialects {
		if len(d.module()) > 0 {
			return d.name
		}
	}
	return ""
}

// Module returns a dialect's interpreter, empty when it was not built.
func (d Dialect) Module() []byte {
	for _, known := range dialects {
		if known.name == d {
			return known.module()
		}
	}
	return nil
}

// Folder names the interpreter as the build does: the folder under guest.
func (d Dialect) Folder() string {
	for _, known := range dialects {
		if known.name == d {
			return known.folder
		}
	}
	return ""
}
