package pattern

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/gaissmai/bart"

	"tidelock/proxy/value"
)

// Resolver returns the address that a name has, for patterns that are no addresses. Nil knows no names.
type Resolver func(name string) (netip.Addr, bool)

// networks finds the smallest network that an address is in, in steps that do not grow with their number.
type networks struct {
	table *bart.Table[residents]
	// masked are the patterns whose mask has gaps, in the order in which they came: no tree can hold them.
	masked []maskedAddress
}

// residents are the entries of one network, in their order.
type residents struct {
	first  *Entry
	others []*Entry
}

type maskedAddress struct {
	address, mask uint32
	entry         *Entry
}

func arrangeNetworks(entries []*Entry, _ bool, resolve Resolver) (structure, error) {
	n := &networks{table: new(bart.Table[residents])}
	for i, e := range entries {
		p, err := parseNetwork(e.key, resolve)
		if err != nil {
			return nil, &EntryError{i, err}
		}
		if p.gaps {
			n.masked = append(n.masked, maskedAddress{p.address, p.mask, e})
			continue
		}
		n.table.Modify(p.prefix, func(r residents, _ bool) (residents, bool) { return r.with(e), false })
	}
	return n, nil
}

func (r residents) with(e *Entry) residents {
	if r.first == nil {
		return residents{first: e}
	}
	// What append may overwrite lies behind all that earlier versions see.
	return residents{r.first, append(r.others, e)}
}

func (r residents) without(e *Entry) residents {
	if r.first != e {
		i := slices.Index(r.others, e)
		return residents{r.first, slices.Delete(slices.Clone(r.others), i, i+1)}
	}
	if len(r.others) == 0 {
		return residents{}
	}
	return residents{r.others[0], r.others[1:]}
}

// find tries an address in each family that it has a form in (manual, section 7.1.6): IPv4 ones are mapped into IPv6,
// IPv6 ones may hold an IPv4 one as 2002:IPV4::, ::IPV4 or ::ffff:IPV4.
func (n *networks) find(v value.Value) *Entry {
	if e := n.lookup(v.Addr); e != nil {
		return e
	}
	if v.Addr.Is4() {
		return n.lookup(netip.AddrFrom16(v.Addr.As16()))
	}
	if a, ok := embedded(v.Addr); ok {
		return n.lookup(a)
	}
	return nil
}

// embedded returns the IPv4 address that an IPv6 one holds.
func embedded(a netip.Addr) (netip.Addr, bool) {
	b := a.As16()
	high, low := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	switch {
	case high>>48 == 0x2002 && high&0xffff == 0 && low == 0:
		return netip.AddrFrom4([4]byte(b[2:6])), true
	case high == 0 && (low>>32 == 0 || low>>32 == 0xffff):
		return netip.AddrFrom4([4]byte(b[12:])), true
	}
	return netip.Addr{}, false
}

func (n *networks) lookup(a netip.Addr) *Entry {
	// The table takes ::ffff:1.2.3.4 for an IPv6 address as long as nobody unmaps it.
	if r, ok := n.table.Lookup(a); ok {
		return r.first
	}
	if len(n.masked) == 0 || !a.Is4() {
		return nil
	}
	b := a.As4()
	bits := binary.BigEndian.Uint32(b[:])
	for i := range n.masked {
		if m := &n.masked[i]; bits&m.mask == m.address {
			return m.entry
		}
	}
	return nil
}

func (n *networks) with(e *Entry) (structure, error) {
	p, err := parseNetwork(e.key, nil)
	if err != nil {
		return nil, err
	}
	if p.gaps {
		return &networks{n.table, append(n.masked, maskedAddress{p.address, p.mask, e})}, nil
	}
	r, _ := n.table.Get(p.prefix)
	return &networks{n.table.InsertPersist(p.prefix, r.with(e)), n.masked}, nil
}

func (n *networks) without(e *Entry) structure {
	if i := slices.IndexFunc(n.masked, func(m maskedAddress) bool { return m.entry == e }); i >= 0 {
		return &networks{n.table, slices.Delete(slices.Clone(n.masked), i, i+1)}
	}
	p, err := parseNetwork(e.key, nil)
	if err != nil {
		return n.withoutName(e)
	}
	return n.leave(p.prefix, e)
}

// withoutName is without for an entry whose pattern is a name: what it was resolved to is known by the table alone.
func (n *networks) withoutName(e *Entry) structure {
	for prefix, r := range n.table.All() {
		if r.first == e || slices.Contains(r.others, e) {
			return n.leave(prefix, e)
		}
	}
	return n
}

func (n *networks) leave(prefix netip.Prefix, e *Entry) structure {
	r, _ := n.table.Get(prefix)
	if r = r.without(e); r.first == nil {
		return &networks{n.table.DeletePersist(prefix), n.masked}
	}
	return &networks{n.table.InsertPersist(prefix, r), n.masked}
}

// network is a parsed pattern: a prefix, or an IPv4 address with a mask that has gaps.
type network struct {
	prefix        netip.Prefix
	gaps          bool
	address, mask uint32
}

// ParseNetwork reads an address with an optional mask, as patterns have them, and returns the bytes of both.
func ParseNetwork(text string, resolve Resolver) (address, mask []byte, err error) {
	n, err := parseNetwork(text, resolve)
	switch {
	case err != nil:
		return nil, nil, err
	case n.gaps:
		return binary.BigEndian.AppendUint32(nil, n.address), binary.BigEndian.AppendUint32(nil, n.mask), nil
	}
	address = n.prefix.Addr().AsSlice()
	mask = make([]byte, len(address))
	for i := range n.prefix.Bits() {
		mask[i/8] |= 0x80 >> (i % 8)
	}
	return address, mask, nil
}

// parseNetwork reads an address with an optional mask, which for IPv4 may be in dotted form. IPv4 octets that are
// missing are zeros before the last one: 127.1 is 127.0.0.1.
func parseNetwork(text string, resolve Resolver) (network, error) {
	host, mask, masked := strings.Cut(text, "/")
	a, ok := parseAddress(host)
	if !ok && resolve != nil {
		a, ok = resolve(host)
	}
	bits := a.BitLen()
	if ok && masked {
		if m, dotted := parseDottedMask(mask, a); dotted {
			return newMasked(a, m), nil
		}
		n, err := strconv.ParseUint(mask, 10, 8)
		bits, ok = int(n), err == nil && int(n) <= a.BitLen()
	}
	if !ok {
		return network{}, fmt.Errorf("'%s' is not a valid IPv4 or IPv6 address", text)
	}
	return network{prefix: netip.PrefixFrom(a, bits).Masked()}, nil
}

func parseAddress(text string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(text)
	if err != nil && !strings.Contains(text, ":") {
		octets := strings.Split(text, ".")
		for len(octets) < 4 {
			octets = slices.Insert(octets, len(octets)-1, "0")
		}
		a, err = netip.ParseAddr(strings.Join(octets, "."))
	}
	return a, err == nil && a.Zone() == ""
}

func parseDottedMask(text string, a netip.Addr) (mask uint32, ok bool) {
	m, err := netip.ParseAddr(text)
	if err != nil || !m.Is4() || !a.Is4() {
		return 0, false
	}
	b := m.As4()
	return binary.BigEndian.Uint32(b[:]), true
}

// newMasked makes a prefix of a mask whose ones stand together.
func newMasked(a netip.Addr, mask uint32) network {
	ones := 0
	for ; mask<<ones&(1<<31) != 0; ones++ {
	}
	if mask<<ones == 0 {
		return network{prefix: netip.PrefixFrom(a, ones).Masked()}
	}
	b := a.As4()
	return network{gaps: true, address: binary.BigEndian.Uint32(b[:]) & mask, mask: mask}
}
