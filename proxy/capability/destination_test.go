package capability

import (
	"net/netip"
	"strings"
	"testing"
)

func TestDestination_Allows(t *testing.T) {
	tests := []struct {
		name, destination, to string
		want                  bool
	}{
		{"name", "api.example.com:443", "api.example.com:443", true},
		{"name in capitals and absolute", "api.example.com:443", "API.example.com.:443", true},
		{"another port", "api.example.com:443", "api.example.com:80", false},
		{"below a pattern", "*.example.com:*", "a.b.example.com:1", true},
		{"the pattern's own name", "*.example.com:*", "example.com:1", false},
		{"ends alike", "*.example.com:*", "badexample.com:1", false},
		{"address of a name", "api.example.com:443", "192.0.2.1:443", false},
		{"address in a network", "10.0.0.0/8:8000-8999", "10.1.2.3:8080", true},
		{"mapped address in a network", "10.0.0.0/8:8000-8999", "[::ffff:10.1.2.3]:8080", true},
		{"address outside", "10.0.0.0/8:*", "11.0.0.1:80", false},
		{"port outside", "10.0.0.0/8:8000-8999", "10.1.2.3:9000", false},
		{"IPv6", "[2001:db8::]/32:*", "[2001:db8::1]:1", true},
		{"everything, an address", "*:53", "192.0.2.1:53", true},
		{"everything, a name", "*:53", "ns.example.com:53", true},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			d, err := ParseDestination(tc.destination)
			if err != nil {
				t.Fatal(err)
			}
			var got bool
			if address, err := netip.ParseAddrPort(tc.to); err == nil {
				got = d.AllowsAddress(address)
			} else {
				to, err := ParseDestination(strings.ToLower(strings.Replace(tc.to, ".:", ":", 1)))
				if err != nil {
					t.Fatal(err)
				}
				name, _, _ := strings.Cut(tc.to, ":")
				got = d.AllowsName(name, to.First)
			}
			if got != tc.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestParseDestination_Errors(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"no port", "example.com", "expected HOST:PORT"},
		{"no host", ":443", "expected a name"},
		{"port 0", "example.com:0", "expected a port"},
		{"port too large", "example.com:65536", "expected a port"},
		{"range backwards", "example.com:2-1", "expected a port"},
		{"name in capitals", "Example.com:1", "in lower case"},
		{"pattern inside", "a.*.com:1", "expected a name"},
		{"user", "root@example.com:1", "expected a name"},
		{"bits outside", "10.0.0.1/8:1", "its network, which is 10.0.0.0/8"},
		{"IPv6 without brackets", "2001:db8::1:443", "in brackets"},
		{"IPv4 in brackets", "[10.0.0.1]:443", "in brackets"},
		{"zone", "[fe80::1%eth0]:443", "expected a name"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := ParseDestination(tc.text); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, expected %q", err, tc.want)
			}
		})
	}
}
