package luabridge

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"tidelock/host"
)

// bundledFiles is a library whose functions find the files of a bundle, by names that are not absolute. They stay in memory:
// nothing is unpacked. Absolute names are of files outside, for which l has the last word.
type bundledFiles struct {
	host.Library
	image *image
}

// bundled returns a file of the image's bundle. Modules are named with the bundle's name before them, so that messages tell
// which main.lua they are about.
func (m *image) bundled(name string) (content []byte, ok bool) {
	if m.kind.bundle == nil {
		return nil, false
	}
	name = path.Clean(name)
	if content, ok = m.kind.bundle.Files[strings.TrimPrefix(name, m.kind.alias+"/")]; !ok {
		content, ok = m.kind.bundle.Files[name]
	}
	return content, ok
}

// readBundled returns what reads files of the bundle, and with read those outside.
func (m *image) readBundled(read func(name string) ([]byte, error)) func(name string) ([]byte, error) {
	return func(name string) ([]byte, error) {
		if path.IsAbs(name) {
			return read(name)
		}
		return m.mustBundled(name)
	}
}

func (m *image) mustBundled(name string) ([]byte, error) {
	content, ok := m.bundled(name)
	if !ok {
		return nil, fmt.Errorf("%s: not in the bundle: %w", name, fs.ErrNotExist)
	}
	return content, nil
}

// Resolve implements host.Library.
func (l bundledFiles) Resolve(name string) host.Function {
	outside := l.Library.Resolve(name)
	var inside func(c *host.Call, name string) error
	switch name {
	case "file.readable":
		inside = func(c *host.Call, name string) error {
			_, ok := l.image.bundled(name)
			c.Results.Bool(ok)
			return nil
		}
	case "file.content":
		inside = func(c *host.Call, name string) error {
			content, ok := l.image.bundled(name)
			if !ok {
				host.GiveMissing(c, name)
				return nil
			}
			c.Results.StringBytes(content)
			return nil
		}
	case "file.open":
		inside = l.open
	case "native.open":
		inside = func(c *host.Call, _ string) error { return host.OpenNative(c, l.image.mustBundled) }
	case "map.new":
		inside = func(c *host.Call, name string) error {
			if _, ok := l.image.bundled(name); !ok {
				return outside(c) // a map of the configuration
			}
			return l.image.newMap(c)
		}
	default:
		return outside
	}
	return func(c *host.Call) error {
		if name, ok := host.ToText(argument(c, 0)); ok && !path.IsAbs(string(name)) {
			return inside(c, string(name))
		}
		return outside(c)
	}
}

// open is file.open(name, mode).
func (l bundledFiles) open(c *host.Call, name string) error {
	content, ok := l.image.bundled(name)
	mode, _ := host.ToText(argument(c, 1))
	switch {
	case strings.TrimSuffix(string(mode), "b") != "r":
		host.GiveReadOnly(c, name)
	case !ok:
		host.GiveMissing(c, name)
	default:
		return host.GiveContent(c, content)
	}
	return nil
}
