package http1

import (
	"bytes"

	"tidelock/proxy/message"
)

// reconcile compares the authority of a request's target with its Host header and refuses the request when they name
// different places: what the proxy decides by one, a server may decide by the other. A port that the scheme implies makes
// no difference, and is taken out of both (RFC 3986, section 6.2.3).
func (h *Head) reconcile(m *message.Message) error {
	target := m.URI()
	switch {
	case string(m.Method()) == "CONNECT":
		return h.reconcileConnect(m, target)
	case target[0] == '/' || target[0] == '*':
		return nil
	}
	i := bytes.Index(target, []byte("://"))
	if i < 0 {
		return errTarget
	}
	scheme, authority := target[:i], target[i+3:]
	if slash := bytes.IndexByte(authority, '/'); slash >= 0 {
		authority = authority[:slash]
	}
	path := target[i+3+len(authority):]
	host := authority[bytes.LastIndexByte(authority, '@')+1:]
	implied := schemePort(scheme)
	short := withoutPort(host, implied)
	if h.hostIndex >= 0 {
		named := m.Value(h.hostIndex)
		if !bytes.EqualFold(short, withoutPort(named, implied)) {
			return errHost
		}
		if len(short) < len(host) {
			m.Replace(h.hostIndex, short)
		}
	}
	if n := len(host) - len(short); n > 0 {
		start := len(target) - len(path) - n
		var space [512]byte
		m.SetURI(append(append(space[:0], target[:start]...), path...))
	}
	return nil
}

// reconcileConnect is reconcile for CONNECT, whose target is host and port.
func (h *Head) reconcileConnect(m *message.Message, target []byte) error {
	colon := bytes.LastIndexByte(target, ':')
	if colon < 0 || colon == len(target)-1 || !all(target[colon+1:], digitByte) {
		return errTarget
	}
	if h.hostIndex < 0 {
		return nil
	}
	host := m.Value(h.hostIndex)
	port := string(target[colon+1:])
	if port != "80" && port != "443" {
		if !bytes.EqualFold(host, target) {
			return errHost
		}
		return nil
	}
	if !bytes.EqualFold(withoutPort(host, port), target[:colon]) {
		return errHost
	}
	m.Replace(h.hostIndex, target[:colon])
	return nil
}

// schemePort returns the port that a scheme implies, or none.
func schemePort(scheme []byte) string {
	switch {
	case equalFold(scheme, "http"):
		return "80"
	case equalFold(scheme, "https"):
		return "443"
	}
	return ""
}

// withoutPort takes a port off an authority if it is empty or the one given.
func withoutPort(authority []byte, port string) []byte {
	if port == "" {
		return authority
	}
	colon := bytes.LastIndexByte(authority, ':')
	if colon >= 0 && (colon == len(authority)-1 || string(authority[colon+1:]) == port) {
		return authority[:colon]
	}
	return authority
}

// isScheme reports whether b can stand before "://" (RFC 3986, section 3.1).
func isScheme(b []byte) bool {
	for i, c := range b {
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z':
		case i > 0 && (is(c, digitByte) || c == '+' || c == '-' || c == '.'):
		default:
			return false
		}
	}
	return len(b) > 0
}
