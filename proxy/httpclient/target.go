package httpclient

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// target is where a request goes to, and what it asks for there.
type target struct {
	secure           bool
	authority        string // for the Host header
	host             string // name or address, without brackets
	uri              string // path with query
	network, address string // of the connection, once it is known
}

// parseTarget takes a URL apart. As HAProxy does, it ignores what names a user, and passes everything behind the host on
// as it is.
func parseTarget(r *Request) (target, error) {
	scheme, rest, found := strings.Cut(r.URL, "://")
	t := target{secure: strings.EqualFold(scheme, "https")}
	if !found || !t.secure && !strings.EqualFold(scheme, "http") {
		return t, ErrURL
	}
	t.authority, t.uri = rest, "/"
	if at := strings.IndexAny(rest, "/?#"); at >= 0 {
		t.authority, t.uri = rest[:at], rest[at:]
		if t.uri[0] != '/' {
			t.uri = "/" + t.uri
		}
	}
	if at := strings.LastIndexByte(t.authority, '@'); at >= 0 {
		t.authority = t.authority[at+1:]
	}
	host, port, err := splitPort(t.authority)
	if err != nil || host == "" || strings.ContainsFunc(r.URL, func(c rune) bool { return c <= ' ' || c == 0x7f }) {
		return t, ErrURL
	}
	if port == 0 {
		port = 80
		if t.secure {
			port = 443
		}
	}
	t.host = host
	t.network, t.address = r.Network, r.Address
	if t.address == "" {
		t.network, t.address = "tcp", net.JoinHostPort(host, strconv.Itoa(port))
	}
	return t, nil
}

// splitPort cuts host:port, or [address]:port. Port 0 is none.
func splitPort(authority string) (host string, port int, err error) {
	host = authority
	if i := strings.LastIndexByte(authority, ':'); i > strings.LastIndexByte(authority, ']') {
		host = authority[:i]
		if port, err = strconv.Atoi(authority[i+1:]); err != nil || port < 1 || port > 65535 {
			return "", 0, ErrURL
		}
	}
	if inner, bracketed := strings.CutPrefix(host, "["); bracketed {
		host, bracketed = strings.CutSuffix(inner, "]")
		if ip, err := netip.ParseAddr(host); err != nil || !bracketed || !ip.Is6() {
			return "", 0, ErrURL
		}
	} else if strings.ContainsAny(host, ":[]") {
		return "", 0, ErrURL
	}
	return host, port, nil
}

// named reports whether the connection's address is the URL's host and a name.
func (t *target) named(r *Request) bool {
	_, err := netip.ParseAddr(t.host)
	return r.Address == "" && err != nil
}
