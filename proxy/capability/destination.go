package capability

import (
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
)

// Destination is what a script may connect to: HOST:PORT, where HOST is a name, "*.name" for all names below it, an
// address, a network (10.0.0.0/8, [2001:db8::]/32) or "*", and PORT a number, a range or "*".
type Destination struct {
	Name    string       // in lower case; "*.example.com" and "*" are patterns; empty when Network is set
	Network netip.Prefix // an address is a network of one
	First   uint16       // ports, inclusive
	Last    uint16
	text    string
}

var hostName = regexp.MustCompile(`^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$`)

// ParseDestination reads a destination.
func ParseDestination(text string) (Destination, error) {
	d := Destination{text: text}
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		return d, d.malformed("expected HOST:PORT")
	}
	host, port := text[:i], text[i+1:]
	if !d.parsePorts(port) {
		return d, d.malformed("expected a port, a range of ports or * after the last colon")
	}
	bare := strings.NewReplacer("[", "", "]", "").Replace(host)
	if prefix, err := netip.ParsePrefix(bare); err == nil {
		if prefix.Masked() != prefix {
			return d, d.malformed("the address has bits outside of its network, which is " + prefix.Masked().String())
		}
		d.Network = prefix
	} else if address, err := netip.ParseAddr(bare); err == nil && address.Zone() == "" {
		d.Network = netip.PrefixFrom(address.Unmap(), address.Unmap().BitLen())
	} else if host == "*" || len(host) <= 253 && hostName.MatchString(host) {
		d.Name = host
	} else {
		return d, d.malformed("expected a name in lower case, an address, a network or * before the port")
	}
	if d.Network.IsValid() && d.Network.Addr().Is6() != strings.HasPrefix(host, "[") {
		return d, d.malformed("expected IPv6 addresses, and only those, in brackets")
	}
	return d, nil
}

func (d *Destination) malformed(reason string) error {
	return fmt.Errorf("network destination %.300q: %s", d.text, reason)
}

func (d *Destination) parsePorts(text string) bool {
	if text == "*" {
		d.First, d.Last = 1, 65535
		return true
	}
	first, last, ranged := strings.Cut(text, "-")
	if !ranged {
		last = first
	}
	from, err1 := strconv.ParseUint(first, 10, 16)
	to, err2 := strconv.ParseUint(last, 10, 16)
	d.First, d.Last = uint16(from), uint16(to)
	return err1 == nil && err2 == nil && 0 < from && from <= to
}

// AllowsAddress reports whether the destination covers an address. A name covers none: who connects by name asks
// AllowsName, and then [Set.AllowsResolved]. "*" covers no address that [IsLocal].
func (d Destination) AllowsAddress(to netip.AddrPort) bool {
	if to.Port() < d.First || to.Port() > d.Last {
		return false
	}
	address := to.Addr().Unmap()
	return d.Name == "*" && !IsLocal(address) || d.Network.IsValid() && d.Network.Contains(address)
}

// AllowsName reports whether the destination covers a host name. A pattern covers names below it, not the name itself.
func (d Destination) AllowsName(name string, port uint16) bool {
	if port < d.First || port > d.Last || d.Name == "" {
		return false
	}
	name = strings.TrimSuffix(strings.ToLower(name), ".")
	if below, pattern := strings.CutPrefix(d.Name, "*."); pattern {
		return strings.HasSuffix(name, "."+below) && len(name) > len(below)+1
	}
	return d.Name == "*" || d.Name == name
}

// String returns the destination as it was written.
func (d Destination) String() string { return d.text }

// MarshalText implements encoding.TextMarshaler.
func (d Destination) MarshalText() ([]byte, error) { return []byte(d.text), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Destination) UnmarshalText(text []byte) (err error) {
	*d, err = ParseDestination(string(text))
	return err
}
