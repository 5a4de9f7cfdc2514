package config

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"tidelock/proxy/config/syntax"
)

// resolveParameters are those of servers whose names are resolved while serving (manual, section 5.3).
var resolveParameters = []serverParameter{
	{"resolve-net", 1, Supported, parseResolveNet},
	{"resolve-opts", 1, Supported, parseResolveOptions},
	{"resolve-prefer", 1, Supported, parseResolvePrefer},
	{"resolvers", 1, Supported, parseServerResolvers},
}

// resolvers <section>
func parseServerResolvers(r *serverReader, value string) error {
	r.server.Resolvers = value
	return nil
}

// resolve-prefer ipv4|ipv6
func parseResolvePrefer(r *serverReader, value string) error {
	if value != "ipv4" && value != "ipv6" {
		return errors.New("'resolve-prefer' expects either ipv4 or ipv6 as argument..")
	}
	r.server.ResolveIPv4 = value == "ipv4"
	return nil
}

// resolve-net <network>[,<network>...]
func parseResolveNet(r *serverReader, value string) error {
	if value == "" {
		return errors.New("'resolve-net' expects a list of networks..")
	}
	var networks []netip.Prefix
	for text := range strings.SplitSeq(value, ",") {
		network, err := parsePrefix(text)
		if err != nil {
			return fmt.Errorf("'resolve-net' invalid network '%s'..", text)
		}
		networks = append(networks, network)
	}
	r.server.ResolveNets = networks
	return nil
}

// resolve-opts <option>[,<option>...]
func parseResolveOptions(r *serverReader, value string) error {
	for option := range strings.SplitSeq(value, ",") {
		switch option {
		case "allow-dup-ip":
			r.server.AllowDuplicateIP = true
		case "prevent-dup-ip":
			r.server.AllowDuplicateIP = false
		case "ignore-weight":
			r.server.IgnoreSRVWeight = true
		default:
			return fmt.Errorf("'resolve-opts' : unknown resolve-opts option '%s', supported methods are 'allow-dup-ip', 'ignore-weight', and 'prevent-dup-ip'..", option)
		}
	}
	return nil
}

// Service reports whether the server's address is the name of a service (RFC 2782).
func (s *Server) Service() bool { return strings.HasPrefix(s.Address.Host, "_") }

// HostName returns the name in the server's address, "" where that is none.
func (s *Server) HostName() string {
	if s.Address.Network == "unix" || isLiteral(s.Address.Host) {
		return ""
	}
	return s.Address.Host
}

// Watched reports whether the server's name is resolved while serving.
func (s *Server) Watched() bool {
	return s.Resolvers != "" && s.HostName() != ""
}

// checkResolvers looks up the resolvers sections of servers.
func (p *parser) checkResolvers(proxy *Proxy) {
	for i := range proxy.Servers {
		if s := &proxy.Servers[i]; s.Resolvers != "" && p.Configuration.Resolver(s.Resolvers) == nil {
			p.diags.Alertf(syntax.Position{}, "proxy '%s', server '%s': unable to find required resolvers '%s'", proxy.Name, s.Name, s.Resolvers)
		}
	}
}
