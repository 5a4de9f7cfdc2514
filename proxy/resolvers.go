package proxy

import (
	"context"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"tidelock/proxy/command"
	"tidelock/proxy/resolver"
	"tidelock/proxy/rule"
)

// buildNameservers prepares what is counted of the name servers of all resolvers sections.
func (b *builder) buildNameservers() {
	b.nameservers = map[string]command.Resolvers{}
	for _, section := range b.config.Resolvers {
		listed := command.Resolvers{Name: section.Name}
		for _, n := range section.Nameservers {
			listed.Nameservers = append(listed.Nameservers, command.Nameserver{Name: n.Name, Counters: new(resolver.Counters)})
		}
		b.nameservers[section.Name] = listed
	}
}

// resolversOf lists the resolvers sections for the command that shows them.
func (b *builder) resolversOf() (all []command.Resolvers) {
	for _, section := range b.config.Resolvers {
		all = append(all, b.nameservers[section.Name])
	}
	return all
}

// resolverOf returns what asks the name servers of a resolvers section, nil when there is no such section.
func (b *builder) resolverOf(name string) rule.Resolver {
	r := b.sectionResolver(name)
	if r == nil {
		return nil
	}
	return func(ctx context.Context, name string, ipv4 bool) (netip.Addr, bool) {
		family := resolver.IPv6
		if ipv4 {
			family = resolver.IPv4
		}
		return r.Lookup(ctx, name, family)
	}
}

// sectionResolver returns the resolver of a section, nil when there is no such section. Who names the same section shares
// what it knows.
func (b *builder) sectionResolver(name string) *resolver.Resolver {
	section := b.config.Resolver(name)
	if section == nil {
		return nil
	}
	if r := b.resolvers[name]; r != nil {
		return r
	}
	settings := resolver.Settings{
		Attempts: section.Retries, Retry: section.Retry, PayloadSize: uint16(min(section.PayloadSize, 65535)),
		HoldValid: section.Hold.Valid, HoldNX: section.Hold.NX,
	}
	for i, n := range section.Nameservers {
		network := "udp"
		if strings.HasPrefix(n.Address.Network, "tcp") {
			network = "tcp"
		}
		settings.Servers = append(settings.Servers, resolver.Server{
			Name: n.Name, Network: network, Address: net.JoinHostPort(n.Address.Host, strconv.Itoa(n.Address.Port)),
			Counters: b.nameservers[name].Nameservers[i].Counters,
		})
	}
	r := resolver.New(settings)
	b.resolvers[name] = r
	return r
}
