package capability

import (
	"net/netip"
	"slices"
	"strings"
)

// AllowsAddress reports whether scripts may connect to an address that they name themselves.
func (s *Set) AllowsAddress(to netip.AddrPort) bool {
	return slices.ContainsFunc(s.Network, func(d Destination) bool { return d.AllowsAddress(to) })
}

// AllowsName reports whether scripts may look a name up to connect to it. What it resolves to is for AllowsResolved.
func (s *Set) AllowsName(name string, port uint16) bool {
	return slices.ContainsFunc(s.Network, func(d Destination) bool { return d.AllowsName(name, port) })
}

// AllowsResolved reports whether scripts that may connect to a name may connect to an address that it resolves to. Who
// answers for the name chooses the address: a name leads to none of the machine itself, its link or its cloud's metadata, unless
// that is granted as an address, or the name is localhost, which means no other.
func (s *Set) AllowsResolved(name string, to netip.AddrPort) bool {
	address := to.Addr().Unmap()
	if !IsLocal(address) || s.AllowsAddress(to) {
		return true
	}
	return address.IsLoopback() && isLocalhost(name) && slices.ContainsFunc(s.Network, func(d Destination) bool {
		return isLocalhost(d.Name) && d.AllowsName(name, to.Port())
	})
}

func isLocalhost(name string) bool {
	return strings.EqualFold(strings.TrimSuffix(name, "."), "localhost")
}

// Networks whose addresses stand for others: of IPv4 in their last or their second to sixth bytes.
var (
	nat64     = netip.MustParsePrefix("64:ff9b::/96")
	sixToFour = netip.MustParsePrefix("2002::/16")
	// metadata is where clouds tell their machines secrets over IPv6; over IPv4 that is link-local.
	metadata = netip.MustParsePrefix("fd00:ec2::254/128")
	// thisHost is all of "this network" (RFC 1122, section 3.2.1.3), which systems take for themselves, and thisHost6 what
	// has come of that: unspecified, loopback, and addresses of IPv4 in an abandoned form (RFC 4291, section 2.5.5.1).
	thisHost, thisHost6 = netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("::/96")
)

// IsLocal reports whether an address means the machine itself, its link, or what only this machine is to ask: loopback,
// link-local with the metadata services of clouds, unspecified and multicast addresses, be it in the clothes of IPv6.
func IsLocal(a netip.Addr) bool {
	if !a.IsValid() {
		return true
	}
	a = a.Unmap().WithZone("")
	if bytes := a.As16(); nat64.Contains(a) {
		return IsLocal(netip.AddrFrom4([4]byte(bytes[12:16])))
	} else if sixToFour.Contains(a) {
		return IsLocal(netip.AddrFrom4([4]byte(bytes[2:6])))
	}
	return a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsMulticast() ||
		thisHost.Contains(a) || thisHost6.Contains(a) || metadata.Contains(a)
}
