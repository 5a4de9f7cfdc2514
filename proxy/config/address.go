package config

import (
	"fmt"
	"net/netip"
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

// parseAddress reads one address of section 11.1 of the manual:
//
//	[ipv4@|ipv6@|tcp@|tcp4@|tcp6@]<host>[:<port>[-<port>]], [unix@]/path, unix@path, abns@name, fd@number
//
// It returns one Address per port. Errors have HAProxy's words.
func parseAddress(text string, ports portPolicy) ([]Address, error) {
	network, rest := "tcp", text
	if i := strings.IndexByte(text, '@'); i >= 0 {
		family, known := addressFamilies[text[:i+1]]
		if !known {
			return nil, fmt.Errorf("unsupported address family '%s' in '%s'", text[:i], text)
		}
		network, rest = family, text[i+1:]
	} else if strings.HasPrefix(text, "/") {
		network = "unix"
	}
	switch network {
	case "unix":
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
	if !hasPort || port == "" && !ports.mandatory {
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
