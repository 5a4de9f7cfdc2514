package proxy

import (
	"net"
	"net/netip"
	"slices"

	"tidelock/proxy/config/syntax"
	"tidelock/proxy/pattern"
)

// place returns where a statement stands, as sets of patterns tell it.
func (b *builder) place(at syntax.Position) pattern.Place {
	order := slices.Index(b.files, at.File)
	if order < 0 {
		order = len(b.files)
		b.files = append(b.files, at.File)
	}
	return pattern.Place{File: at.File, Line: at.Line, Order: order}
}

// fileOrder notes the files of the configuration in their order, in which sections are not compiled.
func (b *builder) fileOrder() {
	for _, section := range b.config.Proxies {
		b.place(section.At)
	}
}

// resolvePattern returns the address of a name in an ACL, as HAProxy does while it loads.
func (b *builder) resolvePattern(name string) (netip.Addr, bool) {
	addresses, err := net.DefaultResolver.LookupNetIP(b.ctx, "ip", name)
	if err != nil || len(addresses) == 0 {
		return netip.Addr{}, false
	}
	return addresses[0].Unmap(), true
}
