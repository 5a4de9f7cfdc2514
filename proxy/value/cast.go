package value

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"strconv"
)

// castable[from] has a bit for every kind that HAProxy casts a value of kind from to when it loads a configuration
// (manual, section 7.1; the gaps were found by asking HAProxy). A cast that exists may still fail at run time.
var castable = [...]uint8{
	None:    0xff,
	Boolean: 1<<Boolean | 1<<Integer | 1<<String | 1<<Binary,
	Integer: 1<<Boolean | 1<<Integer | 1<<Address | 1<<String | 1<<Binary,
	Address: 1<<Integer | 1<<Address | 1<<String | 1<<Binary,
	String:  1<<Boolean | 1<<Integer | 1<<Address | 1<<String | 1<<Binary | 1<<Method,
	Binary:  1<<String | 1<<Binary | 1<<Method,
	Method:  1<<String | 1<<Binary | 1<<Method,
}

// Castable reports whether a value of kind from may be used where kind to is expected. Any fits with everything.
func Castable(from, to Kind) bool {
	return to == Any || castable[from]&(1<<to) != 0
}

// Cast returns v as a value of kind to, or none when v has no such form. Bytes that must be built are kept in s.
func (v Value) Cast(to Kind, s *Scratch) Value {
	if v.Kind == to || to == Any || v.Kind == None {
		return v
	}
	switch to {
	case Boolean:
		if i, ok := v.integer(); ok && v.Kind != Address {
			return Bool(i != 0)
		}
	case Integer:
		if i, ok := v.integer(); ok {
			return Int(i)
		}
	case Address:
		return v.address()
	case String:
		if v.Kind == Binary {
			// A string ends at the first NUL.
			if i := bytes.IndexByte(v.Data, 0); i >= 0 {
				v.Data = v.Data[:i]
			}
		}
		if v.HasData() {
			return Text(v.Data)
		}
		return Text(s.Keep(v.AppendText(s.Buffer())))
	case Binary:
		if v.HasData() {
			return Bytes(v.Data)
		}
		return Bytes(s.Keep(v.appendBinary(s.Buffer())))
	case Method:
		if v.HasData() {
			return Value{Kind: Method, Data: v.Data}
		}
	}
	return Value{}
}

func (v Value) integer() (int64, bool) {
	switch v.Kind {
	case Boolean, Integer:
		return v.Int, true
	case Address:
		if v.Addr.Is4() {
			a := v.Addr.As4()
			return int64(binary.BigEndian.Uint32(a[:])), true
		}
	case String:
		return ParseInt(v.Data)
	}
	return 0, false
}

func (v Value) address() Value {
	switch v.Kind {
	case Integer:
		var a [4]byte
		binary.BigEndian.PutUint32(a[:], uint32(v.Int))
		return Addr(netip.AddrFrom4(a))
	case String:
		if a, _, ok := CutIPv4(v.Data); ok {
			return Addr(a) // as in HAProxy, whatever follows: a port, the next one of a list
		}
		a, _ := ParseAddr(v.Data)
		return Addr(a)
	}
	return Value{}
}

// ParseAddr reads an address in its text form, without a zone. IPv4 addresses cost no allocation.
func ParseAddr(b []byte) (netip.Addr, bool) {
	// The longest text form, an IPv6 address with an embedded IPv4 one, has 45 bytes.
	if len(b) > 45 {
		return netip.Addr{}, false
	}
	if bytes.IndexByte(b, ':') < 0 {
		return parseIPv4(b)
	}
	a, err := netip.ParseAddr(string(b))
	if err != nil || a.Zone() != "" {
		return netip.Addr{}, false
	}
	return a, true
}

// parseIPv4 reads four decimal octets, and nothing else.
func parseIPv4(b []byte) (netip.Addr, bool) {
	a, rest, ok := CutIPv4(b)
	return a, ok && len(rest) == 0
}

// CutIPv4 reads four decimal octets at the start of a text, which may have leading zeros. What follows is no digit and no dot.
func CutIPv4(b []byte) (addr netip.Addr, rest []byte, ok bool) {
	var a [4]byte
	for i := range a {
		n, digits := 0, 0
		for digits < len(b) && '0' <= b[digits] && b[digits] <= '9' && n <= 255 {
			n = n*10 + int(b[digits]-'0')
			digits++
		}
		if digits == 0 || n > 255 {
			return netip.Addr{}, nil, false
		}
		a[i] = byte(n)
		b = b[digits:]
		dot := len(b) > 0 && b[0] == '.'
		if dot != (i < 3) {
			return netip.Addr{}, nil, false
		}
		if dot {
			b = b[1:]
		}
	}
	return netip.AddrFrom4(a), b, true
}

// AppendAddr appends an address in the form of the C library, which writes one of IPv6 that embeds one of IPv4 with dots.
func AppendAddr(b []byte, a netip.Addr) []byte {
	if !a.Is6() {
		return a.AppendTo(b)
	}
	bytes := a.As16()
	if [12]byte(bytes[:12]) != [12]byte{} || bytes[12] == 0 && bytes[13] == 0 {
		return a.AppendTo(b)
	}
	return netip.AddrFrom4([4]byte(bytes[12:])).AppendTo(append(b, "::"...))
}

// AppendText appends v in its text form, which for none is nothing.
func (v Value) AppendText(b []byte) []byte {
	switch v.Kind {
	case None:
		return b
	case Boolean, Integer:
		return strconv.AppendInt(b, v.Int, 10)
	case Address:
		return AppendAddr(b, v.Addr)
	default:
		return append(b, v.Data...)
	}
}

// appendBinary appends v in network byte order: 8 bytes for a number, 4 or 16 for an address.
func (v Value) appendBinary(b []byte) []byte {
	if v.Kind != Address {
		return binary.BigEndian.AppendUint64(b, uint64(v.Int))
	}
	if v.Addr.Is4() {
		a := v.Addr.As4()
		return append(b, a[:]...)
	}
	a := v.Addr.As16()
	return append(b, a[:]...)
}

// ParseInt reads the decimal integer that b starts with. Like HAProxy's cast it ignores what follows the digits, takes
// no digits for 0, saturates, and fails only for an empty b.
func ParseInt(b []byte) (int64, bool) {
	if len(b) == 0 {
		return 0, false
	}
	i, _ := LeadingInt(b)
	return i, true
}

// LeadingInt returns the decimal integer that b starts with, saturated, and what follows it.
func LeadingInt(b []byte) (i int64, rest []byte) {
	negative := false
	if len(b) > 0 && (b[0] == '-' || b[0] == '+') {
		negative = b[0] == '-'
		b = b[1:]
	}
	var n uint64
	limit := uint64(1<<63 - 1)
	if negative {
		limit = 1 << 63
	}
	for len(b) > 0 && '0' <= b[0] && b[0] <= '9' {
		d := uint64(b[0] - '0')
		if n > (limit-d)/10 {
			n = limit
			for len(b) > 0 && '0' <= b[0] && b[0] <= '9' {
				b = b[1:]
			}
			break
		}
		n = n*10 + d
		b = b[1:]
	}
	if negative {
		return -int64(n), b
	}
	return int64(n), b
}
