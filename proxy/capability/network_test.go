package capability

import (
	"net/netip"
	"strings"
	"testing"
)

func TestIsLocal(t *testing.T) {
	for _, tc := range []struct {
		address string
		want    bool
	}{
		{"127.0.0.1", true}, {"127.255.255.254", true}, {"::1", true}, {"::ffff:127.0.0.1", true}, {"0.0.0.0", true}, {"0.9.9.9", true},
		{"::", true}, {"::7f00:1", true}, {"169.254.169.254", true}, {"fe80::1", true}, {"fe80::1%eth0", true}, {"224.0.0.251", true},
		{"ff02::1", true}, {"fd00:ec2::254", true}, {"64:ff9b::127.0.0.1", true}, {"2002:a9fe:a9fe::1", true},
		{"192.0.2.1", false}, {"10.0.0.1", false}, {"fd00::1", false}, {"2001:db8::1", false}, {"64:ff9b::192.0.2.1", false},
		{"2002:c000:201::1", false}, {"::ffff:10.0.0.1", false},
	} {
		if got := IsLocal(netip.MustParseAddr(tc.address)); got != tc.want {
			t.Errorf("%s: got %v", tc.address, got)
		}
	}
	if !IsLocal(netip.Addr{}) {
		t.Error("no address is taken for a remote one")
	}
}

func TestSet_Allows(t *testing.T) {
	s := Set{
		Environment: []string{"HOME"}, Shared: []string{"auth."}, Control: []string{"app/web1", "db/*", "www"}, Maps: []string{"hosts.map"},
	}
	for _, tc := range []struct {
		capability, value string
		want              bool
	}{
		{"environment", "HOME", true}, {"environment", "HOM", false}, {"environment", "HOME2", false}, {"environment", "", false},
		{"shared", "auth.token", true}, {"shared", "auth.", true}, {"shared", "auth", false}, {"shared", "", false}, {"shared", "Auth.token", false},
		{"control", "app/web1", true}, {"control", "app/web2", false}, {"control", "db/any", true}, {"control", "db", false},
		{"control", "www", true}, {"control", "www/any", false}, {"control", "db/*", true},
		{"maps", "hosts.map", true}, {"maps", "./hosts.map", false}, {"secrets", "any", false}, {"set-headers", "", false},
	} {
		if got := s.Allows(tc.capability)(tc.value); got != tc.want {
			t.Errorf("%s %q: got %v", tc.capability, tc.value, got)
		}
	}
}

func TestDenial_Error(t *testing.T) {
	for _, tc := range []struct {
		denial Denial
		want   string
	}{
		{Denial{Capability: "network", Value: "api.example.com:443"}, `network: api.example.com:443 is not granted: add it to "network" in the manifest`},
		{Denial{Capability: "network", Value: "127.0.0.1:80", Why: "which x:80 resolves to"},
			`network: 127.0.0.1:80 (which x:80 resolves to) is not granted: add it to "network" in the manifest`},
		{Denial{Capability: "environment", Value: "A\n[ALERT] x"}, `environment: "A\n[ALERT] x" is not granted: add it to "environment" in the manifest`},
	} {
		if got := tc.denial.Error(); got != tc.want {
			t.Errorf("got  %s\nwant %s", got, tc.want)
		}
	}
}

// FuzzDestination holds what is decided about a destination and a script's wish together: what is written is read again as the same;
// a name covers no address; no pattern covers what does not end as it does; and ports are kept.
func FuzzDestination(f *testing.F) {
	for _, seed := range [][2]string{
		{"api.example.com:443", "API.example.com."}, {"*.example.com:1-9", "a.example.com"}, {"*:53", "127.0.0.1"}, {"10.0.0.0/8:*", "10.1.2.3"},
		{"[2001:db8::]/32:80", "2001:db8::1"}, {"[::ffff:10.0.0.0]/104:80", "10.0.0.1"}, {"127.1:80", "127.1"}, {"0.0.0.0/0:1", "::ffff:1.2.3.4"},
	} {
		f.Add(seed[0], seed[1], uint16(80))
	}
	f.Fuzz(func(t *testing.T, text, wish string, port uint16) {
		d, err := ParseDestination(text)
		if err != nil {
			return
		}
		if again, err := ParseDestination(d.String()); err != nil || again != d {
			t.Fatalf("%q is read as %+v, then as %+v (%v)", text, d, again, err)
		}
		s := Set{Network: []Destination{d}}
		inside := d.First <= port && port <= d.Last
		if address, err := netip.ParseAddr(wish); err == nil {
			to := netip.AddrPortFrom(address, port)
			plain := address.Unmap()
			switch allowed := s.AllowsAddress(to); {
			case !allowed:
			case !inside:
				t.Errorf("%q covers %v", text, to)
			case d.Name == "*" && IsLocal(address), d.Name != "*" && !d.Network.Contains(plain):
				t.Errorf("%q covers %v", text, to)
			}
			if s.AllowsAddress(to) != s.AllowsAddress(netip.AddrPortFrom(plain, port)) {
				t.Errorf("%q tells %v from %v", text, address, plain)
			}
			if IsLocal(address) && !s.AllowsAddress(to) && s.AllowsResolved("x.example.com", to) {
				t.Errorf("%q lets a name lead to %v", text, to)
			}
			return
		}
		if !s.AllowsName(wish, port) {
			return
		}
		name := strings.ToLower(strings.TrimSuffix(wish, "."))
		suffix, pattern := strings.CutPrefix(d.Name, "*")
		if !inside || d.Name == "" || pattern && !strings.HasSuffix(name, suffix) || !pattern && name != d.Name {
			t.Errorf("%q covers %q port %d", text, wish, port)
		}
	})
}
