package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var (
	forBind   = portPolicy{mandatory: true, ranges: true, listen: true}
	forServer = portPolicy{}
)

func Test_parseAddress(t *testing.T) {
	tests := []struct {
		name, text string
		policy     portPolicy
		want       []Address
	}{
		{"address and port", "127.0.0.1:80", forBind, []Address{{Network: "tcp", Host: "127.0.0.1", Port: 80}}},
		{"all of IPv4", "*:80", forBind, []Address{{Network: "tcp4", Port: 80}}},
		{"all of IPv4, short", ":80", forBind, []Address{{Network: "tcp4", Port: 80}}},
		{"all of IPv6", ":::80", forBind, []Address{{Network: "tcp", Host: "::", Port: 80}}},
		{"IPv6", "::1:80", forBind, []Address{{Network: "tcp", Host: "::1", Port: 80}}},
		{"IPv6 in brackets", "[::1]:80", forBind, []Address{{Network: "tcp", Host: "::1", Port: 80}}},
		{"family", "ipv6@:80", forBind, []Address{{Network: "tcp6", Port: 80}}},
		{"range", ":80-81", forBind, []Address{{Network: "tcp4", Port: 80}, {Network: "tcp4", Port: 81}}},
		{"unix socket", "unix@/run/x", forBind, []Address{{Network: "unix", Path: "/run/x"}}},
		{"path", "/run/x", forBind, []Address{{Network: "unix", Path: "/run/x"}}},
		{"abstract socket", "abns@x", forBind, []Address{{Network: "unix", Path: "@x"}}},
		{"inherited socket", "fd@3", forBind, []Address{{Network: "fd", FD: 3}}},
		{"server without port", "example.org", forServer, []Address{{Network: "tcp", Host: "example.org"}}},
		{"server with empty port", "example.org:", forServer, []Address{{Network: "tcp", Host: "example.org"}}},
		{"IPv6 server without port", "[::1]", forServer, []Address{{Network: "tcp", Host: "::1"}}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			got, err := parseAddress(tc.text, tc.policy)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func Test_parseAddress_Errors(t *testing.T) {
	tests := []struct {
		name, text string
		policy     portPolicy
		want       string
	}{
		{"no port", "1.2.3.4", forBind, "missing port specification in '1.2.3.4'"},
		{"port 0", ":0", forBind, "invalid port '0'"},
		{"large port", ":99999", forBind, "invalid port '99999'"},
		{"open range", ":80-", forBind, "invalid port ''"},
		{"backward range", ":80-70", forBind, "invalid port range '80-70'"},
		{"range for a server", "1.2.3.4:80-90", forServer, "port range not permitted here in '1.2.3.4:80-90'"},
		{"word for a descriptor", "fd@x", forBind, "file descriptor 'x' is not a valid integer in 'fd@x'"},
		{"port that is a word", "1.2.3.4:x", forBind, "invalid character 'x' in port number 'x' in '1.2.3.4:x'"},
		{"offset", "1.2.3.4:+5", forBind, "port offset not permitted here in '1.2.3.4:+5'"},
		{"IPv6 for IPv4", "ipv4@::1:80", forBind, "invalid address: '::1' in 'ipv4@::1:80'"},
		{"IPv4 for IPv6", "ipv6@127.0.0.1:80", forBind, "invalid address: '127.0.0.1' in 'ipv6@127.0.0.1:80'"},
		{"datagrams", "udp@127.0.0.1:53", forBind, "dgram-type address not acceptable in 'udp@127.0.0.1:53'"},
		{"long path", "unix@" + strings.Repeat("x", 98), forBind, "socket path 'unix@" + strings.Repeat("x", 98) + "' too long (max 97)"},
		{"word before an at sign", "foo@bar", forBind, "missing port specification in 'foo@bar'"},
		{"unsupported family", "quic4@:80", forBind, "unsupported address family 'quic4' in 'quic4@:80'"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			got, err := parseAddress(tc.text, tc.policy)
			if err == nil || err.Error() != tc.want {
				t.Errorf("got %v, %v; want %s", got, err, tc.want)
			}
		})
	}
}
