package acl

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"tidelock/proxy/sample"
	"tidelock/proxy/value"
)

// networks finds the network of an address with one map lookup for each length of prefix that occurs.
type networks struct {
	lengths4, lengths6 []int
	set                map[netip.Prefix]struct{}
}

func matchIP(patterns []pattern) (matcher, error) {
	n := networks{set: make(map[netip.Prefix]struct{})}
	for _, p := range patterns {
		prefix, err := parseNetwork(p.text)
		if err != nil {
			return nil, patternError{p.word, err}
		}
		n.add(prefix)
	}
	if len(n.set) == 1 {
		for only := range n.set {
			return single(only), nil
		}
	}
	return func(c *sample.Context, v value.Value) bool {
		v = v.Cast(value.Address, &c.Scratch)
		return v.Valid() && matchAddress(v.Addr, n.contains)
	}, nil
}

// single spares the map of one network.
func single(network netip.Prefix) matcher {
	return func(c *sample.Context, v value.Value) bool {
		v = v.Cast(value.Address, &c.Scratch)
		return v.Valid() && matchAddress(v.Addr, network.Contains)
	}
}

// matchAddress tries an address in each family that it has a form in (manual, section 7.1.6): IPv4 ones are mapped into
// IPv6, IPv6 ones may hold an IPv4 one as 2002:IPV4::, ::IPV4 or ::ffff:IPV4.
func matchAddress(a netip.Addr, contains func(netip.Addr) bool) bool {
	if a.Is4() {
		return contains(a) || contains(netip.AddrFrom16(a.As16()))
	}
	if contains(a) {
		return true
	}
	b := a.As16()
	high, low := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	switch {
	case high>>48 == 0x2002 && high&0xffff == 0 && low == 0:
		return contains(netip.AddrFrom4([4]byte(b[2:6])))
	case high == 0 && (low>>32 == 0 || low>>32 == 0xffff):
		return contains(netip.AddrFrom4([4]byte(b[12:])))
	}
	return false
}

func (n *networks) add(p netip.Prefix) {
	n.set[p] = struct{}{}
	lengths := &n.lengths4
	if p.Addr().Is6() {
		lengths = &n.lengths6
	}
	for _, l := range *lengths {
		if l == p.Bits() {
			return
		}
	}
	*lengths = append(*lengths, p.Bits())
}

func (n *networks) contains(a netip.Addr) bool {
	lengths := n.lengths4
	if a.Is6() {
		lengths = n.lengths6
	}
	for _, l := range lengths {
		if p, err := a.Prefix(l); err == nil {
			if _, ok := n.set[p]; ok {
				return true
			}
		}
	}
	return false
}

// parseNetwork reads an address with an optional mask, which for IPv4 may be in dotted form. IPv4 octets that are
// missing are zeros before the last one: 127.1 is 127.0.0.1. Names are not resolved.
func parseNetwork(text string) (netip.Prefix, error) {
	host, mask, masked := strings.Cut(text, "/")
	a, ok := parseAddress(host)
	bits := a.BitLen()
	if ok && masked {
		bits, ok = parseMask(mask, a)
	}
	if !ok {
		return netip.Prefix{}, fmt.Errorf("'%s' is not a valid IPv4 or IPv6 address", text)
	}
	return netip.PrefixFrom(a, bits).Masked(), nil
}

func parseAddress(text string) (netip.Addr, bool) {
	if !strings.Contains(text, ":") {
		octets := strings.Split(text, ".")
		for len(octets) < 4 {
			octets = slices.Insert(octets, len(octets)-1, "0")
		}
		text = strings.Join(octets, ".")
	}
	a, err := netip.ParseAddr(text)
	return a, err == nil && a.Zone() == ""
}

func parseMask(text string, a netip.Addr) (bits int, ok bool) {
	if n, err := strconv.ParseUint(text, 10, 8); err == nil {
		return int(n), int(n) <= a.BitLen()
	}
	mask, err := netip.ParseAddr(text)
	if err != nil || !mask.Is4() || !a.Is4() {
		return 0, false
	}
	m := mask.As4()
	ones := binary.BigEndian.Uint32(m[:])
	for ones&(1<<31) != 0 {
		ones <<= 1
		bits++
	}
	return bits, ones == 0
}
