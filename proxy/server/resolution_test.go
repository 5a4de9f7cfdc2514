package server

import (
	"net/netip"
	"strings"
	"testing"

	"tidelock/proxy/stream"
)

// namedServers makes n servers that share a name and have no address yet.
func namedServers(n int) (*Backend, *Name) {
	b := &Backend{Proxy: &stream.Proxy{Name: "b"}}
	for i := range n {
		s := New(stream.Server{Name: string(rune('a' + i)), ID: i + 1}, Address{Network: "tcp", Port: 80}, Settings{Weight: 1, Host: "x.example"})
		s.StartIn(Unresolved)
		b.Initial = append(b.Initial, s)
	}
	b.Prepare()
	return b, &Name{servers: b.Initial}
}

func places(addresses string) (all []Place) {
	for _, a := range strings.Fields(addresses) {
		all = append(all, Place{Address: netip.MustParseAddr(a)})
	}
	return all
}

func TestName_Resolve(t *testing.T) {
	tests := []struct {
		name, prefer string
		duplicates   bool
		answers      []string
		want         string // addresses of the servers, "-" for none
	}{
		{"none", "", false, []string{""}, "- -"},
		{"fewer than servers", "", false, []string{"192.0.2.1"}, "192.0.2.1 -"},
		{"more than servers", "", false, []string{"192.0.2.1 192.0.2.2 192.0.2.3"}, "192.0.2.3 192.0.2.2"},
		{"each stays where it is", "", false, []string{"192.0.2.1 192.0.2.2", "192.0.2.2 192.0.2.1 192.0.2.3"}, "192.0.2.2 192.0.2.1"},
		{"one moves", "", false, []string{"192.0.2.1 192.0.2.2", "192.0.2.1 192.0.2.3"}, "192.0.2.3 192.0.2.1"},
		{"one goes", "", false, []string{"192.0.2.1 192.0.2.2", "192.0.2.1"}, "- 192.0.2.1"},
		{"shared", "", true, []string{"192.0.2.1"}, "192.0.2.1 192.0.2.1"},
		{"near ones first", "198.51.100.0/24", false, []string{"198.51.100.1 192.0.2.1 192.0.2.2"}, "198.51.100.1 192.0.2.2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b, n := namedServers(2)
			n.Duplicates = tt.duplicates
			if tt.prefer != "" {
				n.Prefer = []netip.Prefix{netip.MustParsePrefix(tt.prefer)}
			}
			for _, answer := range tt.answers {
				n.Resolve(places(answer), "test")
			}
			var got []string
			for _, s := range b.Servers() {
				host := s.Address().Host
				if host == "" {
					host = "-"
				}
				if s.Usable() != (host != "-") {
					t.Errorf("%s at %s: usable is %v", s.Name, host, s.Usable())
				}
				got = append(got, host)
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// A service brings ports and weights along, and its servers are gone without a record.
func TestName_Resolve_Service(t *testing.T) {
	b, n := namedServers(2)
	n.Service = true
	n.Resolve([]Place{{Address: netip.MustParseAddr("192.0.2.1"), Port: 8001, Weight: 2561, Host: "one.example"}}, "test")
	a := b.Servers()[0]
	if at := a.Address(); at.Host != "192.0.2.1" || at.Port != 8001 || a.State().Weight != 11 || a.HostName() != "one.example" {
		t.Errorf("got %v, weight %d, host %s", at, a.State().Weight, a.HostName())
	}
	n.Lose("")
	if b.Usable() != 0 {
		t.Error("usable without a record")
	}
}
