package proxy

import (
	"encoding/binary"
	"math/bits"
	"net/netip"
	"strconv"
	"strings"

	"tidelock/proxy/acl"
	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/persistence"
	"tidelock/proxy/sample"
	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// persist gives a backend what keeps clients at their servers.
func (b *builder) persist(backend *server.Backend, section *config.Proxy, rules *rules) {
	p := &backend.Persistence
	p.Persist, p.Ignore = anyHolds(rules.forcePersist), anyHolds(rules.ignorePersist)
	if section.Persist {
		p.Persist = func(*stream.Stream) bool { return true }
	}
	if section.RDPCookie != "" {
		p.Named = b.namedByRDP(backend, section)
	}
	if section.Cookie.Name != "" {
		c := newCookie(section.Cookie)
		p.Cookie = c
		backend.Proxy.ManagesCookie = c.Mode != persistence.Passive
	}
}

func newCookie(c config.Cookie) *persistence.Cookie {
	cookie := &persistence.Cookie{
		Name: c.Name, Indirect: c.Indirect, NoCache: c.NoCache, PostOnly: c.PostOnly, Preserve: c.Preserve,
		MaxIdle: c.MaxIdle, MaxLife: c.MaxLife,
	}
	switch {
	case c.Rewrite:
		cookie.Mode = persistence.Rewrite
	case c.Insert:
		cookie.Mode = persistence.Insert
	case c.Prefix:
		cookie.Mode = persistence.Prefix
	}
	var attributes strings.Builder
	for _, domain := range c.Domains {
		attributes.WriteString("; domain=" + domain)
	}
	if c.HTTPOnly {
		attributes.WriteString("; HttpOnly")
	}
	if c.Secure {
		attributes.WriteString("; Secure")
	}
	for _, attribute := range c.Attributes {
		attributes.WriteString("; " + attribute)
	}
	cookie.Attributes = attributes.String()
	return cookie
}

// namedByRDP returns what finds the server that the cookie of a remote desktop client names by its address (MS-RDPBCGR,
// section 3.3.5.3.1: "<address>.<port>.<reserved>", each a decimal number of bytes in the network's order read backwards).
func (b *builder) namedByRDP(backend *server.Backend, section *config.Proxy) func(*stream.Stream) *server.Server {
	expression, _, err := b.compiler(section, sample.ServerChoice, section.At, "").ParseAvailable([]string{"req.rdp_cookie(" + section.RDPCookie + ")"})
	if err != nil {
		b.diags.Alertf(section.At, "'persist rdp-cookie' : %s", sentence(err))
		return nil
	}
	return func(s *stream.Stream) *server.Server {
		c := sample.Acquire(s, sample.ServerChoice)
		defer c.Release()
		at, ok := rdpAddress(string(expression.EvalString(c).Data))
		if !ok {
			return nil
		}
		for _, candidate := range backend.Servers() {
			if candidate.Address().AddrPort() == at {
				return candidate
			}
		}
		return nil
	}
}

// rdpAddress reads the value of a remote desktop cookie.
func rdpAddress(cookie string) (netip.AddrPort, bool) {
	host, rest, _ := strings.Cut(cookie, ".")
	port, _, found := strings.Cut(rest, ".")
	address, err := strconv.ParseUint(host, 10, 32)
	if err != nil || !found {
		return netip.AddrPort{}, false
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return netip.AddrPort{}, false
	}
	var ip [4]byte
	binary.LittleEndian.PutUint32(ip[:], uint32(address))
	return netip.AddrPortFrom(netip.AddrFrom4(ip), bits.ReverseBytes16(uint16(number))), true
}

// persistRule compiles the condition of a force-persist or ignore-persist line.
func (l *ruleList) persistRule(r config.Rule, into *[]*acl.Condition) {
	condition, err := l.acls.Condition(l.compiler(l.section, sample.ServerChoice, r.At, r.Folder), syntax.Texts(r.Words))
	if err != nil {
		l.fail(err, r, "error detected while parsing a '%s' rule : %s", r.Set, sentence(err))
		return
	}
	*into = append(*into, condition)
}

// anyHolds returns what reports whether any of the conditions holds, nil without any.
func anyHolds(conditions []*acl.Condition) func(*stream.Stream) bool {
	if len(conditions) == 0 {
		return nil
	}
	return func(s *stream.Stream) bool {
		c := sample.Acquire(s, sample.ServerChoice)
		defer c.Release()
		for _, condition := range conditions {
			if condition.Holds(c) {
				return true
			}
		}
		return false
	}
}
