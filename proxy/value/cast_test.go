package value

import (
	"math"
	"net/netip"
	"testing"
)

func TestValue_Cast(t *testing.T) {
	ipv4, ipv6 := Addr(netip.MustParseAddr("1.2.3.4")), Addr(netip.MustParseAddr("2001:db8::1"))
	text := func(s string) Value { return Text([]byte(s)) }
	tests := []struct {
		name string
		from Value
		to   Kind
		want string // text of the result, "-" for none
	}{
		{"none stays none", Value{}, String, "-"},
		{"any leaves alone", Int(5), Any, "5"},
		{"bool to sint", Bool(true), Integer, "1"},
		{"bool to addr", Bool(true), Address, "-"},
		{"sint to bool", Int(-3), Boolean, "1"},
		{"sint to addr", Int(0x01020304), Address, "1.2.3.4"},
		{"sint to bin", Int(0x41), Binary, "\x00\x00\x00\x00\x00\x00\x00A"},
		{"sint to str", Int(math.MinInt64), String, "-9223372036854775808"},
		{"IPv4 to sint", ipv4, Integer, "16909060"},
		{"IPv4 to bool", ipv4, Boolean, "-"},
		{"IPv4 to bin", ipv4, Binary, "\x01\x02\x03\x04"},
		{"IPv6 to sint", ipv6, Integer, "-"},
		{"IPv6 to str", ipv6, String, "2001:db8::1"},
		{"IPv6 to bin", ipv6, Binary, " \x01\r\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"},
		{"str to sint", text("12ab"), Integer, "12"},
		{"str to sint, not a number", text("ab"), Integer, "0"},
		{"str to sint, empty", text(""), Integer, "-"},
		{"str to sint, saturated", text("-99999999999999999999"), Integer, "-9223372036854775808"},
		{"str to addr", text("::ffff:1.2.3.4"), Address, "::ffff:1.2.3.4"},
		{"str to addr, with a zone", text("fe80::1%eth0"), Address, "-"},
		{"str to addr, leading zero", text("1.2.3.04"), Address, "1.2.3.4"},
		{"str to addr, three octets", text("1.2.3"), Address, "-"},
		{"str to addr, five octets", text("1.2.3.4.5"), Address, "-"},
		{"bin to str ends at NUL", Bytes([]byte("ab\x00c")), String, "ab"},
		{"bin to sint", Bytes([]byte("5")), Integer, "-"},
		{"meth to str", Value{Kind: Method, Data: []byte("GET")}, String, "GET"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var s Scratch
			v := test.from.Cast(test.to, &s)
			got := "-"
			if v.Valid() {
				got = string(v.AppendText(nil))
				if v.Kind != test.to && test.to != Any {
					t.Errorf("kind is %s, want %s", v.Kind, test.to)
				}
			}
			if got != test.want {
				t.Errorf("cast is %q, want %q", got, test.want)
			}
		})
	}
}

func TestScratch_Keep(t *testing.T) {
	var s Scratch
	var kept [][]byte
	for i := range 200 {
		b := s.Buffer()
		for range i % 17 * 10 {
			b = append(b, byte(i))
		}
		kept = append(kept, s.Keep(b))
	}
	for i, b := range kept {
		if len(b) != i%17*10 {
			t.Fatalf("value %d has %d bytes", i, len(b))
		}
		for _, c := range b {
			if c != byte(i) {
				t.Fatalf("value %d was overwritten with %d", i, c)
			}
		}
		if cap(b) != len(b) {
			t.Fatalf("value %d has room that others use", i)
		}
	}
}

func TestLeadingInt(t *testing.T) {
	tests := []struct {
		name, text string
		want       int64
		rest       string
	}{
		{"empty", "", 0, ""},
		{"digits", "0012", 12, ""},
		{"sign alone", "-", 0, ""},
		{"negative", "-7x", -7, "x"},
		{"positive", "+7", 7, ""},
		{"largest", "9223372036854775807", math.MaxInt64, ""},
		{"beyond", "9223372036854775808 ", math.MaxInt64, " "},
		{"smallest", "-9223372036854775808", math.MinInt64, ""},
		{"far beyond", "123456789012345678901234567890z", math.MaxInt64, "z"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, rest := LeadingInt([]byte(test.text))
			if got != test.want || string(rest) != test.rest {
				t.Errorf("got %d and %q, want %d and %q", got, rest, test.want, test.rest)
			}
		})
	}
}
