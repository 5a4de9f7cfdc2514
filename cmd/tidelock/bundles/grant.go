package bundles

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"tidelock/proxy/capability"
	"tidelock/sdk/bundle"
)

// grant lets bundles of some names reach what they ask for.
type grant struct {
	names      string // pattern
	capability string // "" for all
	value      string // "*" for all of the capability
}

// readGrant reads PATTERN CAPABILITY=VALUE, PATTERN CAPABILITY=* or PATTERN *.
func readGrant(entry string) (grant, error) {
	names, what, _ := strings.Cut(strings.TrimSpace(entry), " ")
	if _, err := path.Match(names, ""); err != nil || names == "" || what == "" {
		return grant{}, fmt.Errorf("expected a pattern of names such as acme/*, then CAPABILITY=VALUE or *, found '%s'", entry)
	}
	if what == "*" {
		return grant{names: names}, nil
	}
	name, value, ok := strings.Cut(what, "=")
	if !ok || value == "" || !slices.Contains(capability.Names, name) {
		return grant{}, fmt.Errorf("expected CAPABILITY=VALUE with one of %s, found '%s'", strings.Join(capability.Names, ", "), what)
	}
	return grant{names, name, value}, nil
}

func (g grant) covers(bundle, capability, value string) bool {
	matched, _ := path.Match(g.names, bundle) // readGrant has checked the pattern
	return matched && (g.capability == "" || g.capability == capability && (g.value == "*" || g.value == value))
}

// ungranted says what a bundle asks for that nobody has granted.
func (p *Policy) ungranted(m *bundle.Manifest) error {
	var missing []string
	for _, name := range capability.Names {
		for _, value := range m.Capabilities.Values(name) {
			if !slices.ContainsFunc(p.grants, func(g grant) bool { return g.covers(m.Name, name, value) }) {
				missing = append(missing, fmt.Sprintf("'%s %s=%s'", m.Name, name, value))
			}
		}
	}
	if missing == nil {
		return nil
	}
	return fmt.Errorf("its manifest asks for what bundle-grants does not have: %s", strings.Join(missing, ", "))
}
