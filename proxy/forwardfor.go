package proxy

import (
	"net/netip"
	"strings"

	"tidelock/proxy/config"
	"tidelock/proxy/stream"
)

// forwardRules returns what tells servers of the client's address when a frontend's exchanges reach them, nil for nothing.
func (b *builder) forwardRules(section *config.Proxy) verdict {
	byBackend := map[*stream.Proxy]*addressHeader{}
	for _, backend := range b.config.Proxies {
		if h := newAddressHeader(section.ForwardFor, backend.ForwardFor); h != nil && backend.Kind.HasBackend() {
			byBackend[b.identities[backend]] = h
		}
	}
	if len(byBackend) == 0 {
		return nil
	}
	return func(s *stream.Stream) stream.Verdict {
		if h := byBackend[s.Backend]; h != nil && !h.add(s, s.Client.Source) {
			return stream.Failed
		}
		return stream.Continue
	}
}

// addressHeader adds an address to requests, as option forwardfor does.
type addressHeader struct {
	name   string
	except []netip.Prefix // addresses that are not told
	ifNone bool           // leave a header that is there
}

// usualHeader is the one of an option that names none.
const usualHeader = "x-forwarded-for"

// newAddressHeader combines what frontend and backend ask for, one of which is enough. The backend's name goes before the
// frontend's, and who wants the header in any case is heard before who does not.
func newAddressHeader(front, back config.ForwardFor) *addressHeader {
	if !front.Enabled && !back.Enabled {
		return nil
	}
	h := &addressHeader{ifNone: true}
	for _, o := range []config.ForwardFor{front, back} {
		if !o.Enabled {
			continue
		}
		if name := strings.ToLower(o.Header); h.name == "" || name != usualHeader {
			h.name = name
		}
		h.ifNone = h.ifNone && o.IfNone
		if o.Except.IsValid() {
			h.except = append(h.except, o.Except)
		}
	}
	return h
}

// add adds the header. As in HAProxy it does not replace one: what that says is the sender's claim. It reports false when
// there is no room.
func (h *addressHeader) add(s *stream.Stream, of netip.AddrPort) bool {
	a := of.Addr().Unmap()
	if s.Request == nil || !a.IsValid() || h.ifNone && s.Request.Find(h.name, -1) >= 0 {
		return true
	}
	for _, prefix := range h.except {
		if prefix.Contains(a) {
			return true
		}
	}
	var text [64]byte
	return s.Request.Add(h.name, a.AppendTo(text[:0]))
}
