package sticktable

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"

	"tidelock/proxy/value"
)

// KeyType is what the keys of a table are.
type KeyType uint8

const (
	IP KeyType = iota
	IPv6
	Integer
	String
	Binary
)

var keyTypeNames = [...]string{"ip", "ipv6", "integer", "string", "binary"}

// String returns the name that configurations give the type.
func (k KeyType) String() string { return keyTypeNames[k] }

// KeyTypeNamed returns the type that configurations call name.
func KeyTypeNamed(name string) (KeyType, bool) {
	for i, n := range keyTypeNames {
		if n == name {
			return KeyType(i), true
		}
	}
	return 0, false
}

// Kind returns the kind of sample that keys are made of.
func (k KeyType) Kind() value.Kind {
	return [...]value.Kind{value.Address, value.Address, value.Integer, value.String, value.Binary}[k]
}

// DefaultLength is how long strings and binaries are when the table does not say.
const DefaultLength = 32

// AppendKey appends the key that v is in t, and reports whether it is one. Numbers are in the order of bytes in which
// HAProxy on this machine has them, which shows in the order of entries.
func (t *Table) AppendKey(b []byte, v value.Value, s *value.Scratch) ([]byte, bool) {
	if v = v.Cast(t.Type.Kind(), s); !v.Valid() {
		return b, false
	}
	switch t.Type {
	case IP:
		a := v.Addr.Unmap()
		if !a.Is4() {
			return b, false
		}
		four := a.As4()
		return append(b, four[:]...), true
	case IPv6:
		sixteen := v.Addr.As16()
		return append(b, sixteen[:]...), true
	case Integer:
		return binary.LittleEndian.AppendUint32(b, uint32(v.Int)), true
	case String:
		data := v.Data
		if end := bytes.IndexByte(data, 0); end >= 0 {
			data = data[:end]
		}
		return append(b, data[:min(len(data), t.Length)]...), len(data) > 0
	default:
		n := min(len(v.Data), t.Length)
		b = append(b, v.Data[:n]...)
		return append(b, make([]byte, t.Length-n)...), len(v.Data) > 0
	}
}

// ParseKey returns the key that a text is in t, and reports whether it is one. Binary keys have no text.
func (t *Table) ParseKey(text string) ([]byte, bool) {
	switch t.Type {
	case IP:
		a, err := netip.ParseAddr(text)
		return a.AsSlice(), err == nil && a.Is4()
	case IPv6:
		a, err := netip.ParseAddr(text)
		return a.AsSlice(), err == nil && a.Is6() && a.Zone() == ""
	case Integer:
		n, _ := value.ParseInt([]byte(text))
		return binary.LittleEndian.AppendUint32(nil, uint32(n)), true
	case String:
		return []byte(text[:min(len(text), t.Length)]), text != ""
	}
	return nil, false
}

// FormatKey returns a key as text: hexadecimal for a binary one.
func (t *Table) FormatKey(key string) string {
	switch t.Type {
	case IP, IPv6:
		a, _ := netip.AddrFromSlice([]byte(key))
		return a.String()
	case Integer:
		return strconv.FormatUint(uint64(binary.LittleEndian.Uint32([]byte(key))), 10)
	case Binary:
		return strings.ToUpper(hex.EncodeToString([]byte(key)))
	}
	return key
}
