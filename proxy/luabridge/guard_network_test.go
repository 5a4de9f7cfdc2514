package luabridge

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"tidelock/proxy/capability"
	"tidelock/proxy/httpclient"
)

func destinations(t *testing.T, texts ...string) (list []capability.Destination) {
	for _, text := range texts {
		d, err := capability.ParseDestination(text)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, d)
	}
	return list
}

// TestGuard_dial resolves names to what their owners like, and later to something else.
func TestGuard_dial(t *testing.T) {
	set := capability.Set{Network: destinations(t, "api.example.com:443", "*.internal:80", "localhost:80", "127.0.0.9:80", "*:53")}
	for _, tc := range []struct {
		name, address, resolves, want string // want: the addresses dialled, or the error
	}{
		{"public", "api.example.com:443", "192.0.2.1 2001:db8::1", "192.0.2.1:443 [2001:db8::1]:443"},
		{"other letters", "API.Example.com.:443", "192.0.2.1", "192.0.2.1:443"},
		{"private", "db.internal:80", "10.0.0.5 fd12::1", "10.0.0.5:80 [fd12::1]:80"},
		{"the pattern's own name", "internal:80", "10.0.0.5", "network: internal:80 is not granted"},
		{"loopback", "api.example.com:443", "127.0.0.1", "network: 127.0.0.1:443 (which api.example.com:443 resolves to) is not granted"},
		{"loopback among others", "api.example.com:443", "127.0.0.1 192.0.2.1", "192.0.2.1:443"},
		{"loopback that is granted", "db.internal:80", "127.0.0.9", "127.0.0.9:80"},
		{"mapped loopback", "api.example.com:443", "::ffff:127.0.0.1", "127.0.0.1:443"},
		{"loopback of IPv6", "api.example.com:443", "::1", "[::1]:443 (which"},
		{"metadata", "api.example.com:443", "169.254.169.254", "169.254.169.254:443 (which"},
		{"metadata of IPv6", "api.example.com:443", "fd00:ec2::254", "[fd00:ec2::254]:443 (which"},
		{"metadata through NAT64", "api.example.com:443", "64:ff9b::a9fe:a9fe", "(which"},
		{"loopback through 6to4", "api.example.com:443", "2002:7f00:1::", "(which"},
		{"unspecified", "api.example.com:443", "0.0.0.0", "0.0.0.0:443 (which"},
		{"zero network", "api.example.com:443", "0.1.2.3", "(which"},
		{"multicast", "api.example.com:443", "224.0.0.1", "(which"},
		{"link", "api.example.com:443", "fe80::1", "(which"},
		{"localhost", "localhost:80", "127.0.0.1 ::1", "127.0.0.1:80 [::1]:80"},
		{"localhost elsewhere", "localhost:80", "169.254.169.254", "(which"},
		{"a name like localhost", "localhost.internal:80", "127.0.0.1", "127.0.0.1:80 (which"},
		{"everything, localhost", "localhost:53", "127.0.0.1", "127.0.0.1:53 (which"},
		{"everything, loopback", "127.0.0.1:53", "", "network: 127.0.0.1:53 is not granted"},
		{"everything, an address", "192.0.2.7:53", "", "192.0.2.7:53"},
		{"numbers as a name", "2130706433:53", "127.0.0.1", "(which 2130706433:53 resolves to)"},
		{"nothing", "api.example.com:443", "", "no address"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var dialled []string
			lookups := 0
			lookup := func(context.Context, string, string) (found []netip.Addr, err error) {
				if lookups++; lookups > 1 {
					return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, nil // what rebinding would lead to
				}
				for text := range strings.FieldsSeq(tc.resolves) {
					found = append(found, netip.MustParseAddr(text))
				}
				return found, nil
			}
			g := newGuard(&image{kind: imageKind{grant: &set}, bridge: &Bridge{}})
			_, err := g.dial(recordDial(&dialled), lookup)(t.Context(), "tcp", tc.address)
			got := strings.Join(dialled, " ")
			if got == "" && err != nil {
				got = err.Error()
			}
			if !strings.Contains(got, tc.want) || lookups > 1 {
				t.Errorf("got %q after %d lookups, want %q", got, lookups, tc.want)
			}
		})
	}
}

// The first address that takes a connection has it, and one that takes none does not use up everybody's time.
func TestDialEach(t *testing.T) {
	var tried []string
	client, server := net.Pipe()
	defer client.Close()
	defer server.Close()
	open := func(ctx context.Context, _, address string) (net.Conn, error) {
		tried = append(tried, address)
		if address == "192.0.2.2:1" {
			return client, nil
		}
		<-ctx.Done()
		return nil, ctx.Err()
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	to := []netip.AddrPort{netip.MustParseAddrPort("192.0.2.1:1"), netip.MustParseAddrPort("192.0.2.2:1"), netip.MustParseAddrPort("192.0.2.3:1")}
	c, err := dialEach(ctx, open, "tcp", to)
	if c != client || err != nil || !slices.Equal(tried, []string{"192.0.2.1:1", "192.0.2.2:1"}) {
		t.Errorf("%v, %v after %v", c, err, tried)
	}
}

// Requests of HTTPClient go through the same door, also where the configuration says who resolves names, and connections that
// others have opened are not theirs to use.
func TestGuard_httpclient(t *testing.T) {
	var dialled []string
	client := httpclient.New(httpclient.Config{
		Dial: recordDial(&dialled),
		Lookup: func(_ context.Context, name string) (netip.Addr, bool) {
			return map[string]netip.Addr{"api.example.com": netip.MustParseAddr("192.0.2.9"), "rebound.example.com": netip.MustParseAddr("127.0.0.1")}[name], name != "lost.example.com"
		},
	})
	defer client.Close()
	set := capability.Set{Network: destinations(t, "api.example.com:80", "rebound.example.com:80", "lost.example.com:80", "192.0.2.1:80"), UnixSockets: []string{"/run/granted.sock"}}
	get := func(fields string) string {
		return `return core.httpclient():get({` + fields + `}).status`
	}
	tryAll(t, set, func(c *Config) { c.HTTPClient = client }, []escape{
		{"address", get(`url = "http://192.0.2.2/"`), `network: 192.0.2.2:80 is not granted: add it to "network" in the manifest`},
		{"another port", get(`url = "https://192.0.2.1/"`), "network: 192.0.2.1:443 is not granted"},
		{"name", get(`url = "http://other.example.com/"`), "network: other.example.com:80 is not granted"},
		{"user and name", get(`url = "http://api.example.com@other.example.com/"`), "network: other.example.com:80 is not granted"},
		{"host header", get(`url = "http://192.0.2.2/", headers = {host = {"api.example.com"}}`), "network: 192.0.2.2:80 is not granted"},
		{"percent", get(`url = "http://%31%39%32.0.2.2/"`), "is not granted"},
		{"resolved", get(`url = "http://rebound.example.com/"`), "network: 127.0.0.1:80 (which rebound.example.com:80 resolves to) is not granted"},
		{"not resolved", get(`url = "http://lost.example.com/"`), "got 503"},
		{"dst", get(`url = "http://192.0.2.1/", dst = "192.0.2.2:80"`), "network: 192.0.2.2:80 is not granted"},
		{"unix socket", get(`url = "http://192.0.2.1/", dst = "/run/other.sock"`), "unix-sockets: /run/other.sock is not granted"},
		{"unix socket by prefix", get(`url = "http://192.0.2.1/", dst = "unix@/run/other.sock"`), "unix-sockets: /run/other.sock is not granted"},
		{"abstract socket", get(`url = "http://192.0.2.1/", dst = "abns@other"`), "is not granted"},
		{"mapped", get(`url = "http://[::ffff:192.0.2.2]/"`), "network: 192.0.2.2:80 is not granted"},
	})
	if len(dialled) > 0 {
		t.Errorf("dialled %v", dialled)
	}
	g := newGuard(&image{kind: imageKind{grant: &set}, bridge: &Bridge{}})
	own := g.client(client)
	defer own.Close()
	if _, err := own.Do(t.Context(), httpclient.Request{Method: "GET", URL: "http://192.0.2.2/"}); !errors.As(err, new(*capability.Denial)) {
		t.Errorf("got %v, want a denial", err)
	}
}
