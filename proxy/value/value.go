// Package value is the leaf that every part of the data plane shares: the typed value that a sample expression
// yields, a variable stores and a script receives, and the casts between types. It imports nothing of ours.
package value

import "net/netip"

// Kind is the type of a Value, in HAProxy's terms (manual, section 7.3).
type Kind uint8

const (
	None    Kind = iota // no value: the sample could not be fetched
	Boolean             // Int is 0 or 1
	Integer             // Int, 64 bit signed
	Address             // Addr, IPv4 or IPv6
	String              // Data, text
	Binary              // Data, arbitrary bytes
	Method              // Data, an HTTP method
)

// Any stands, where a kind is declared, for every kind: known only when the expression is evaluated.
const Any = None

var kindNames = [...]string{"any", "bool", "sint", "addr", "str", "bin", "meth"}

// String returns the name that HAProxy's manual gives the type.
func (k Kind) String() string { return kindNames[k] }

// Value is one typed value. Data may alias memory of the message or buffer it was fetched from: it is valid until that
// message changes or the exchange ends, and who keeps a value longer must Clone it.
type Value struct {
	Kind Kind
	Int  int64
	Data []byte
	Addr netip.Addr
}

// Bool returns a boolean value.
func Bool(b bool) Value {
	if b {
		return Value{Kind: Boolean, Int: 1}
	}
	return Value{Kind: Boolean}
}

// Int returns an integer value.
func Int(i int64) Value { return Value{Kind: Integer, Int: i} }

// Addr returns an address value, or none when a is the zero address. IPv4 addresses mapped into IPv6 stay what they are.
func Addr(a netip.Addr) Value {
	if !a.IsValid() {
		return Value{}
	}
	return Value{Kind: Address, Addr: a}
}

// Text returns a string value that aliases b.
func Text(b []byte) Value { return Value{Kind: String, Data: b} }

// Bytes returns a binary value that aliases b.
func Bytes(b []byte) Value { return Value{Kind: Binary, Data: b} }

// Valid reports whether there is a value at all.
func (v Value) Valid() bool { return v.Kind != None }

// HasData reports whether the value is in Data: strings, binaries and methods.
func (v Value) HasData() bool { return v.Kind >= String }

// Clone returns a copy of v that owns its bytes.
func (v Value) Clone() Value {
	if v.Data != nil {
		v.Data = append([]byte(nil), v.Data...)
	}
	return v
}
