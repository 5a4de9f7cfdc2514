package proxy

import (
	"slices"
	"strings"

	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/sticktable"
)

// buildTables makes the stick tables. Every identity knows them all, because any section may refer to any table.
func (b *builder) buildTables() {
	remembering := b.remembering()
	for _, section := range b.config.Proxies {
		identity := b.identities[section]
		identity.Tables = b.tables
		if section.StickTable == nil {
			continue
		}
		c := *section.StickTable
		if remembering[c.Name] { // stick rules need no "store": what they store is understood
			c.Store = append(slices.Clone(c.Store), sticktable.Stored{Type: sticktable.ServerName, Elements: 1})
			if !slices.ContainsFunc(c.Store, func(s sticktable.Stored) bool { return s.Type == sticktable.ServerID }) {
				c.Store = append(c.Store, sticktable.Stored{Type: sticktable.ServerID, Elements: 1})
			}
		}
		identity.Table = sticktable.New(c)
		b.tables.Add(identity.Table)
	}
}

// remembering returns the names of the tables that stick rules refer to.
func (b *builder) remembering() map[string]bool {
	names := map[string]bool{}
	for _, section := range b.config.Proxies {
		for _, r := range section.Rules {
			if strings.HasPrefix(r.Set, "stick ") {
				names[tableOf(section, syntax.Texts(r.Words))] = true
			}
		}
	}
	return names
}

// tableOf finds the table of a stick line whose pattern is not known to end anywhere yet.
func tableOf(section *config.Proxy, words []string) string {
	if at := slices.Index(words, "table"); at >= 0 {
		return stickTable(words[at:], section.Name)
	}
	return section.Name
}
