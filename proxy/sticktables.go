package proxy

import (
	"tidelock/proxy/sticktable"
)

// buildTables makes the stick tables. Every identity knows them all, because any section may refer to any table.
func (b *builder) buildTables() {
	for _, section := range b.config.Proxies {
		identity := b.identities[section]
		identity.Tables = b.tables
		if section.StickTable != nil {
			identity.Table = sticktable.New(*section.StickTable)
			b.tables.Add(identity.Table)
		}
	}
}
