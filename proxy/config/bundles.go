package config

import (
	"regexp"
	"strings"

	"tidelock/proxy/config/syntax"
)

// ScriptBundle is one lua-bundle or lua-bundle-per-thread. HAProxy has no such thing.
type ScriptBundle struct {
	Name      string   // by which rules know it: lua.NAME.FUNCTION
	Reference string   // oci:HOST/NAME:TAG or file:PATH, either with @sha256:DIGEST behind it
	Key       string   // file of the public key that must have signed it; "" leaves that to the settings
	Arguments []string // what the main chunk gets as "..."
	PerThread bool
	At        syntax.Position
}

// bundleName keeps names of bundles and functions apart: only these may have dots.
var bundleName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]{0,63}$`)

// lua-bundle <name> <reference> [key=<file>] [<argument>...]
// lua-bundle-per-thread <name> <reference> [key=<file>] [<argument>...]
func parseLuaBundle(p *parser, s syntax.Statement) {
	name, reference := s.Argument(0), s.Argument(1)
	path, isFile := strings.CutPrefix(reference, "file:")
	switch {
	case len(s.Words) < 3:
		p.failf(s, "'%s' expects a name and a reference: oci:HOST/NAME:TAG or file:PATH.", s.Keyword())
		return
	case !bundleName.MatchString(name):
		p.failf(s, "'%s' expects a name of letters, digits, dashes and underscores, but got '%s'.", s.Keyword(), name)
		return
	case !isFile && !strings.HasPrefix(reference, "oci:"):
		p.failf(s, "'%s' expects oci:HOST/NAME:TAG or file:PATH, either with @sha256:DIGEST behind it, but got '%s'.", s.Keyword(), reference)
		return
	}
	for _, other := range p.Scripts.Bundles {
		if other.Name == name {
			p.failf(s, "'%s': '%s' is the name of another bundle, declared at %s.", s.Keyword(), name, other.At)
			return
		}
	}
	if isFile {
		reference = "file:" + p.folder(s).Path(path)
	}
	arguments := syntax.Texts(s.Words[3:])
	key := ""
	if file, ok := strings.CutPrefix(s.Argument(2), "key="); ok {
		if file == "" {
			p.failf(s, "'%s' expects key=FILE, the public key that must have signed the bundle, but got 'key='.", s.Keyword())
			return
		}
		key, arguments = p.folder(s).Path(file), arguments[1:]
	}
	p.Scripts.Bundles = append(p.Scripts.Bundles, ScriptBundle{
		Name:      name,
		Reference: reference,
		Key:       key,
		Arguments: arguments,
		PerThread: s.Keyword() == "lua-bundle-per-thread",
		At:        s.At(),
	})
}
