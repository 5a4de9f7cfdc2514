package host

import (
	"fmt"
	"net"
	"net/netip"
	"path/filepath"
	"strconv"
	"strings"
)

// abstractName is how many bytes HAProxy gives the name of an abstract socket, filling up with zeros: servers that it
// talks to have such names.
const abstractName = 107

// socketAddress is what net.Dial wants.
type socketAddress struct {
	network, address string
	host             string // without the port; empty for Unix sockets
}

// parseSocketAddress reads the address of a socket:connect. port is empty when the script gave none.
//
//	192.0.2.1  [2001:db8::1]  host.example  each with :port or with port given apart  ipv4@...  ipv6@...
//	/path  unix@/path  abns@name
func parseSocketAddress(address, port string) (socketAddress, error) {
	invalid := fmt.Errorf("connect: cannot parse destination address '%s'", address)
	prefix, rest, prefixed := strings.Cut(address, "@")
	if !prefixed {
		prefix, rest = "", address
	}
	network := "tcp"
	switch {
	case prefix == "abns" && len(rest) <= abstractName:
		return socketAddress{network: "unix", address: "@" + rest + strings.Repeat("\x00", abstractName-len(rest))}, nil
	case prefix == "unix" || prefix == "" && filepath.IsAbs(rest):
		return socketAddress{network: "unix", address: rest}, nil
	case prefix == "ipv4":
		network = "tcp4"
	case prefix == "ipv6":
		network = "tcp6"
	case prefix != "":
		return socketAddress{}, invalid
	}
	name, limit := rest, uint64(1<<32-1)                           // a port that is given apart is only looked at when it is used
	if ip, err := netip.ParseAddr(rest); err != nil || !ip.Is6() { // otherwise all colons belong to the address
		if at := strings.LastIndexByte(rest, ':'); at > strings.LastIndexByte(rest, ']') {
			if port != "" || at == 0 || rest[0] != '[' && strings.Contains(rest[:at], ":") {
				return socketAddress{}, invalid
			}
			name, port, limit = rest[:at], rest[at+1:], 65535
		}
	}
	if port == "" && name == "" {
		return socketAddress{}, invalid
	}
	if port == "" {
		return socketAddress{}, fmt.Errorf("connect: port missing")
	}
	name = strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
	number, err := strconv.ParseUint(port, 10, 32)
	if err != nil || number > limit || strings.ContainsAny(name, " \t\r\n\x00") {
		return socketAddress{}, invalid
	}
	if name == "" || number == 0 || number > 65535 {
		return socketAddress{}, errCannotConnect
	}
	return socketAddress{network, net.JoinHostPort(name, port), name}, nil
}

// showAddress words an address as getpeername and getsockname do.
func showAddress(a net.Addr) string {
	if a.Network() == "unix" {
		return "unix"
	}
	return a.String()
}
