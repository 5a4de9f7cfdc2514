package config

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Address is where to listen, connect or log to.
type Address struct {
	Network string // "tcp", "tcp4", "tcp6", "unix" or "fd"; for tcp without a digit, Host decides
	Host    string // address or name, "" for all addresses
	Port    int    // 0 when none was given
	Path    string // of a unix socket; "@name" is an abstract one
	FD      int    // of an inherited socket
}

func (a Address) String() string {
	switch a.Network {
	case "unix":
		return "unix@" + a.Path
	case "fd":
		return fmt.Sprintf("fd@%d", a.FD)
	}
	host := a.Host
	switch {
	case host == "":
		host = "*"
	case strings.Contains(host, ":"):
		host = "[" + host + "]"
	}
	return host + ":" + strconv.Itoa(a.Port)
}

// addressFamilies are the prefixes that say how to read an address.
var addressFamilies = map[string]string{
	"ipv4@": "tcp4", "ipv6@": "tcp6", "tcp@": "tcp", "tcp4@": "tcp4", "tcp6@": "tcp6", "unix@": "unix", "uxst@": "unix", "abns@": "abns", "fd@": "fd",
}

// datagramFamilies are prefixes of addresses that no stream can use.
var datagramFamilies = []string{"udp@", "udp4@", "udp6@", "uxdg@"}

// longestPath is what a unix socket's path may have, with room for the suffix of a name that is bound before it is put in
// place.
const longestPath = 97

// parseAddress reads one address of section 11.1 of the manual:
//
//	[ipv4@|ipv6@|tcp@|tcp4@|tcp6@]<host>[:<port>[-<port>]], [unix@]/path, unix@path, abns@name, fd@number
//
// It returns one Address per port. Errors have HAProxy's words.
func parseAddress(text string, ports portPolicy) ([]Address, error) {
	network, rest := "tcp", strings.TrimPrefix(text, "stream+")
	if i := strings.IndexByte(rest, '@'); i >= 0 {
		family, known := addressFamilies[rest[:i+1]]
		switch {
		case known:
			network, rest = family, rest[i+1:]
		case slices.Contains(datagramFamilies, rest[:i+1]):
			return nil, fmt.Errorf("dgram-type address not acceptable in '%s'", text)
		case rest[:i+1] == "sockpair@" || rest[:i+1] == "quic4@" || rest[:i+1] == "quic6@":
			return nil, fmt.Errorf("unsupported address family '%s' in '%s'", rest[:i], text)
		}
	} else if strings.HasPrefix(text, "/") {
		network = "unix"
	}
	switch network {
	case "unix":
		if len(rest) > longestPath {
			return nil, fmt.Errorf("socket path '%s' too long (max %d)", text, longestPath)
		}
		return []Address{{Network: "unix", Path: rest}}, nil
	case "abns":
		return []Address{{Network: "unix", Path: "@" + rest}}, nil
	case "fd":
		fd, ok := decimal(rest)
		if !ok {
			return nil, fmt.Errorf("file descriptor '%s' is not a valid integer in '%s'", rest, text)
		}
		return []Address{{Network: "fd", FD: fd}}, nil
	}

	host, port, hasPort := cutPort(rest)
	if host == "*" {
		host = ""
	}
	if network == "tcp" && ports.listen && host == "" {
		network = "tcp4" // as in HAProxy: all addresses means those of IPv4, and "::" those of IPv6
	}
	base := Address{Network: network, Host: strings.Trim(host, "[]")}
	if ports.numeric && !numericHost(base.Host) {
		return nil, fmt.Errorf("invalid address: '%s' in '%s'", host, text)
	}
	if !base.fits() {
		return nil, fmt.Errorf("invalid address: '%s' in '%s'", base.Host, text)
	}
	if !hasPort || port == "" {
		if ports.mandatory {
			return nil, fmt.Errorf("missing port specification in '%s'", text)
		}
		return []Address{base}, nil
	}
	first, last, err := parsePorts(port, text, ports)
	if err != nil {
		return nil, err
	}
	var addresses []Address
	for base.Port = first; base.Port <= last; base.Port++ {
		addresses = append(addresses, base)
	}
	return addresses, nil
}

// ParseDestination reads the address of a connection that is not a server's. The port is mandatory, and descriptors are
// nobody's business but the configuration's. Errors have HAProxy's words.
func ParseDestination(text string) (Address, error) {
	parsed, err := parseAddress(text, portPolicy{mandatory: true})
	if err != nil {
		return Address{}, err
	}
	if parsed[0].Network == "fd" {
		return Address{}, fmt.Errorf("unsupported address family 'fd' in '%s'", text)
	}
	return parsed[0], nil
}

// fits reports whether a numeric address is one of the family that its prefix names.
func (a Address) fits() bool {
	ip, err := netip.ParseAddr(a.Host)
	return err != nil || a.Network == "tcp" || ip.Is4() == (a.Network == "tcp4")
}

// portPolicy says which hosts and ports an address may have.
type portPolicy struct {
	mandatory, ranges, listen bool
	numeric                   bool // the host is no name
}

// numericHost reports whether host is an address, or stands for all of them.
func numericHost(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil || host == ""
}

// cutPort cuts at the last colon, unless it is part of an address in brackets.
func cutPort(text string) (host, port string, found bool) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 || strings.LastIndexByte(text, ']') > i {
		return text, "", false
	}
	return text[:i], text[i+1:], true
}

func parsePorts(port, text string, policy portPolicy) (first, last int, err error) {
	low, high, isRange := strings.Cut(port, "-")
	if isRange && !policy.ranges {
		return 0, 0, fmt.Errorf("port range not permitted here in '%s'", text)
	}
	if !isRange {
		high = low
	}
	for _, part := range []string{low, high} {
		if i := strings.IndexFunc(part, func(c rune) bool { return c < '0' || c > '9' }); i >= 0 {
			if i == 0 && part[0] == '+' {
				return 0, 0, fmt.Errorf("port offset not permitted here in '%s'", text)
			}
			return 0, 0, fmt.Errorf("invalid character '%c' in port number '%s' in '%s'", part[i], port, text)
		}
		if n, ok := decimal(part); !ok || n < 1 || n > 65535 {
			return 0, 0, fmt.Errorf("invalid port '%s'", part)
		}
	}
	first, _ = decimal(low)
	if last, _ = decimal(high); last < first {
		return 0, 0, fmt.Errorf("invalid port range '%s'", port)
	}
	return first, last, nil
}

// isLiteral reports whether a host is an address and not a name.
func isLiteral(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}
