package proxy

import (
	"context"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"tidelock/proxy/resolver"
	"tidelock/proxy/rule"
)

// resolverOf returns what asks the name servers of a resolvers section, nil when there is no such section. Who names the
// same section shares what it knows.
func (b *builder) resolverOf(name string) rule.Resolver {
	section := b.config.Resolver(name)
	if section == nil {
		return nil
	}
	r := b.resolvers[name]
	if r == nil {
		settings := resolver.Settings{
			Attempts: section.Retries, Retry: section.Retry, PayloadSize: uint16(min(section.PayloadSize, 65535)),
			HoldValid: section.Hold.Valid, HoldNX: section.Hold.NX,
		}
		for _, n := range section.Nameservers {
			network := "udp"
			if strings.HasPrefix(n.Address.Network, "tcp") {
				network = "tcp"
			}
			settings.Servers = append(settings.Servers, resolver.Server{
				Network: network, Address: net.JoinHostPort(n.Address.Host, strconv.Itoa(n.Address.Port)),
			})
		}
		r = resolver.New(settings)
		b.resolvers[name] = r
	}
	return func(ctx context.Context, name string, ipv4 bool) (netip.Addr, bool) {
		family := resolver.IPv6
		if ipv4 {
			family = resolver.IPv4
		}
		return r.Lookup(ctx, name, family)
	}
}
