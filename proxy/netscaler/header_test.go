package netscaler

import (
	"strings"
	"testing"
)

const (
	magic    = 0x3039
	ip4      = "\x45\x00\x00\x28\x00\x00\x00\x00\x40\x06\x00\x00\xc0\x00\x02\x01\xc6\x33\x64\x02"
	options4 = "\x46\x00\x00\x2c\x00\x00\x00\x00\x40\x06\x00\x00\xc0\x00\x02\x01\xc6\x33\x64\x02\x01\x01\x01\x01"
	ip6      = "\x60\x00\x00\x00\x00\x14\x06\x40" + "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01" +
		"\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02"
	tcp  = "\x04\x57\x08\xae\x00\x00\x00\x00\x00\x00\x00\x00\x50\x02\x00\x00\x00\x00\x00\x00"
	rest = "GET / HTTP/1.1\r\n"
)

func legacy(headers string) string {
	return "\x00\x00\x30\x39\x00\x00\x00" + string(rune(len(headers))) + headers
}

func standard(headers string) string {
	return "\x00\x00\x30\x39\x00\x00\x00" + string(rune(len(headers)+12)) + "\x00\x00\x00" + string(rune(len(headers))) + headers
}

func TestParse(t *testing.T) {
	tests := []struct{ name, input, source, destination string }{
		{"legacy, IPv4", legacy(ip4 + tcp), "192.0.2.1:1111", "198.51.100.2:2222"},
		{"legacy, IPv6", legacy(ip6 + tcp), "[2001:db8::1]:1111", "[2001:db8::2]:2222"},
		{"standard, IPv4", standard(ip4 + tcp), "192.0.2.1:1111", "198.51.100.2:2222"},
		{"standard, IPv6", standard(ip6 + tcp), "[2001:db8::1]:1111", "[2001:db8::2]:2222"},
		{"options of IP", standard(options4 + tcp), "192.0.2.1:1111", "198.51.100.2:2222"},
		{"padding", standard(ip4 + tcp + "pad"), "192.0.2.1:1111", "198.51.100.2:2222"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var h Header
			n, err := Parse([]byte(tt.input+rest), magic, &h)
			if err != nil || n != len(tt.input) {
				t.Fatalf("%d bytes of %d: %v", n, len(tt.input), err)
			}
			if h.Source.String() != tt.source || h.Destination.String() != tt.destination {
				t.Errorf("%v to %v", h.Source, h.Destination)
			}
			for i := range tt.input {
				if _, err := Parse([]byte(tt.input[:i]), magic, &h); err != ErrShort {
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
		{"HTTP", rest, ErrMagic},
		{"another number", "\x00\x00\x30\x38" + legacy(ip4 + tcp)[4:], ErrMagic},
		{"UDP", legacy(strings.Replace(ip4, "\x40\x06", "\x40\x11", 1) + tcp), ErrProtocol},
		{"UDP over IPv6", standard(strings.Replace(ip6, "\x06\x40", "\x11\x40", 1) + tcp), ErrProtocol},
		{"version 5 of IP", standard("\x55" + ip4[1:] + tcp), ErrProtocol},
		{"legacy, version 7 of IP", legacy("\x75" + ip4[1:] + tcp), ErrProtocol},
		{"a header of IP below its least", legacy("\x44" + ip4[1:] + tcp), ErrProtocol},
		{"a header of IP beyond the end", legacy("\x4f" + ip4[1:] + tcp), ErrProtocol},
		{"no ports", standard(ip4), ErrProtocol},
		{"IPv6 cut short", standard(ip6[:30]), ErrProtocol},
		{"nothing", standard("") + rest, ErrProtocol},
		{"much too long", "\x00\x00\x30\x39\x80\x00\x00\x00" + ip4 + tcp, ErrLength},
		{"too long", "\x00\x00\x30\x39\x00\x00\x00\x00\x00\x00\x04\x01" + ip4 + tcp, ErrLength},
		{"not all there", legacy(ip4 + tcp)[:30], ErrShort},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var h Header
			if n, err := Parse([]byte(tt.input), magic, &h); err != tt.want {
				t.Fatalf("%d, %v", n, err)
			}
		})
	}
}

// FuzzParse checks that what is accepted lies in the input, and says the same however much follows it.
func FuzzParse(f *testing.F) {
	f.Add([]byte(legacy(ip4 + tcp)))
	f.Add([]byte(standard(ip6 + tcp + rest)))
	f.Add([]byte(standard(options4 + tcp)))
	f.Fuzz(func(t *testing.T, data []byte) {
		var h, again Header
		n, err := Parse(data, magic, &h)
		if err != nil {
			return
		}
		if n <= 0 || n > len(data) {
			t.Fatalf("%d of %d bytes", n, len(data))
		}
		if m, err := Parse(data[:n], magic, &again); m != n || err != nil || again != h {
			t.Fatalf("alone: %d, %v, %+v", m, err, again)
		}
		if !h.Source.IsValid() || !h.Destination.IsValid() {
			t.Fatalf("%+v", h)
		}
	})
}
