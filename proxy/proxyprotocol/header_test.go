package proxyprotocol

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
)

const (
	tcp4 = signature2 + "\x21\x11\x00\x0c\xc0\x00\x02\x01\xc6\x33\x64\x02\x04\x57\x08\xae"
	rest = "GET / HTTP/1.1\r\n"
)

func TestParse(t *testing.T) {
	source, destination := "192.0.2.1:1111", "198.51.100.2:2222"
	tests := []struct {
		name, input         string
		source, destination string // empty for unknown
		authority, id       string
	}{
		{"version 1, IPv4", "PROXY TCP4 192.0.2.1 198.51.100.2 1111 2222\r\n", source, destination, "", ""},
		{"version 1, IPv6", "PROXY TCP6 2001:db8::1 ::1 65535 0\r\n", "[2001:db8::1]:65535", "[::1]:0", "", ""},
		{"version 1, unknown", "PROXY UNKNOWN\r\n", "", "", "", ""},
		{"version 2, IPv4", tcp4, source, destination, "", ""},
		{"version 2, local", signature2 + "\x20\x00\x00\x03abc", "", "", "", ""},
		{"version 2, values", strings.Replace(tcp4, "\x00\x0c", "\x00\x17", 1) + "\x02\x00\x02ab" + "\x05\x00\x03xyz", source, destination, "ab", "xyz"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var h Header
			n, err := Parse([]byte(tt.input+rest), &h)
			if err != nil || n != len(tt.input) {
				t.Fatalf("%d bytes of %d: %v", n, len(tt.input), err)
			}
			if h.Known != (tt.source != "") {
				t.Errorf("known: %v", h.Known)
			}
			if h.Known && (h.Source.String() != tt.source || h.Destination.String() != tt.destination) {
				t.Errorf("%v to %v", h.Source, h.Destination)
			}
			if string(h.Authority) != tt.authority || string(h.UniqueID) != tt.id {
				t.Errorf("authority %q, unique ID %q", h.Authority, h.UniqueID)
			}
			for i := range tt.input {
				if _, err := Parse([]byte(tt.input[:i]), &h); err != ErrShort {
					t.Fatalf("%d bytes: %v", i, err)
				}
			}
		})
	}
}

func TestParse_Errors(t *testing.T) {
	tests := []struct {
		name, input string
		want        error
	}{
		{"HTTP", "GET / HTTP/1.1\r\n", ErrSignature},
		{"version 3", signature2 + "\x31", ErrSignature},
		{"command", signature2 + "\x22\x11\x00\x00", ErrInvalid},
		{"family", signature2 + "\x21\x12\x00\x00", ErrProtocol},
		{"addresses cut", signature2 + "\x21\x11\x00\x04abcd", ErrInvalid},
		{"value cut", strings.Replace(tcp4, "\x00\x0c", "\x00\x0f", 1) + "\x02\xff\xff", ErrInvalid},
		{"type cut", strings.Replace(tcp4, "\x00\x0c", "\x00\x0d", 1) + "\x02", ErrInvalid},
		{"checksum", strings.Replace(tcp4, "\x00\x0c", "\x00\x13", 1) + "\x03\x00\x04abcd", ErrInvalid},
		{"checksum of 3 bytes", strings.Replace(tcp4, "\x00\x0c", "\x00\x12", 1) + "\x03\x00\x03abc", ErrInvalid},
		{"unique ID too long", strings.Replace(tcp4, "\x00\x0c", "\x00\x90", 1) + "\x05\x00\x81" + strings.Repeat("x", 129), ErrInvalid},
		{"protocol", "PROXY TCP5 192.0.2.1 198.51.100.2 1 2\r\n", ErrProtocol},
		{"after unknown", "PROXY UNKNOWN 1 2\r\n", ErrProtocol},
		{"bare line feed", "PROXY TCP4 192.0.2.1 198.51.100.2 1 2\n", ErrInvalid},
		{"families mixed", "PROXY TCP4 192.0.2.1 ::1 1 2\r\n", ErrInvalid},
		{"zone", "PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n", ErrInvalid},
		{"port", "PROXY TCP4 192.0.2.1 198.51.100.2 65536 2\r\n", ErrInvalid},
		{"port signed", "PROXY TCP4 192.0.2.1 198.51.100.2 +1 2\r\n", ErrInvalid},
		{"field missing", "PROXY TCP4 192.0.2.1 198.51.100.2 1\r\n", ErrInvalid},
		{"field too many", "PROXY TCP4 192.0.2.1 198.51.100.2 1 2 3\r\n", ErrInvalid},
		{"no end", "PROXY TCP4 " + strings.Repeat("1", longest1), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var h Header
			_, err := Parse([]byte(tt.input), &h)
			if err == nil || err == ErrShort || tt.want != nil && err != tt.want {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

func TestAppend2(t *testing.T) {
	source, destination := netip.MustParseAddrPort("192.0.2.1:1111"), netip.MustParseAddrPort("[2001:db8::1]:2222")
	o := &Outgoing{
		Source: source, Destination: destination, Authority: "a.example", UniqueID: "id-1", ALPN: "h2", Checksum: true,
		TLS: &TLS{Secured: true, Version: "TLSv1.3", CommonName: strings.Repeat("c", 5000)},
	}
	header := Append2([]byte("before"), o)[len("before"):]
	var h Header
	n, err := Parse(header, &h)
	if err != nil || n != len(header) {
		t.Fatalf("%d of %d: %v", n, len(header), err)
	}
	if h.Source.Addr().Unmap() != source.Addr() || h.Destination != destination || string(h.Authority) != o.Authority || string(h.UniqueID) != o.UniqueID {
		t.Errorf("%+v", h)
	}
	header[20] ^= 1
	if _, err := Parse(header, &h); err != ErrInvalid {
		t.Errorf("a changed header: %v", err)
	}
}

func TestAppend1(t *testing.T) {
	v4, v6 := netip.MustParseAddrPort("192.0.2.1:1111"), netip.MustParseAddrPort("[2001:db8::1]:2222")
	mapped := netip.AddrPortFrom(netip.AddrFrom16(v4.Addr().As16()), 1111)
	tests := []struct {
		name                string
		source, destination netip.AddrPort
		want                string
	}{
		{"IPv4", v4, mapped, "PROXY TCP4 192.0.2.1 192.0.2.1 1111 1111\r\n"},
		{"IPv6", v6, v6, "PROXY TCP6 2001:db8::1 2001:db8::1 2222 2222\r\n"},
		{"mixed", v4, v6, "PROXY UNKNOWN\r\n"},
		{"none", netip.AddrPort{}, v4, "PROXY UNKNOWN\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(Append1(nil, tt.source, tt.destination)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestParse_Allocations(t *testing.T) {
	for _, input := range []string{"PROXY TCP4 192.0.2.1 198.51.100.2 1111 2222\r\n", tcp4} {
		data := []byte(input)
		var h Header
		if n := testing.AllocsPerRun(100, func() { Parse(data, &h) }); n > 0 {
			t.Errorf("%q: %v allocations", input, n)
		}
	}
}

// FuzzParse checks that what is accepted says the same however much follows it, and that what Append2 makes of it is
// accepted again.
func FuzzParse(f *testing.F) {
	f.Add([]byte(tcp4 + rest))
	f.Add([]byte("PROXY TCP6 2001:db8::1 ::1 65535 0\r\n"))
	f.Add([]byte("PROXY UNKNOWN\r\n"))
	f.Add(Append2(nil, &Outgoing{Checksum: true, UniqueID: "x", Source: netip.MustParseAddrPort("[::1]:1"), Destination: netip.MustParseAddrPort("[::1]:2")}))
	f.Fuzz(func(t *testing.T, data []byte) {
		var h, again Header
		n, err := Parse(data, &h)
		if err != nil {
			return
		}
		if n <= 0 || n > len(data) {
			t.Fatalf("%d of %d bytes", n, len(data))
		}
		m, err := Parse(data[:n], &again)
		if m != n || err != nil || again.Source != h.Source || !bytes.Equal(again.UniqueID, h.UniqueID) {
			t.Fatalf("alone: %d, %v, %+v", m, err, again)
		}
		if !h.Known {
			return
		}
		made := Append2(nil, &Outgoing{Source: h.Source, Destination: h.Destination, UniqueID: string(h.UniqueID), Checksum: true})
		if _, err := Parse(made, &again); err != nil || again.Source.Port() != h.Source.Port() {
			t.Fatalf("made again: %v", err)
		}
	})
}
