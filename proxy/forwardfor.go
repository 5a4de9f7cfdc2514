package proxy

import (
	"net/netip"
	"strings"

	"tidelock/proxy/config"
	"tidelock/proxy/stream"
)

// forwardRules returns what tells servers of the client's address when a frontend's exchanges reach them, nil for nothing.
func (b *builder) forwardRules(section *config.Proxy) verdict {
	idHeader := strings.ToLower(section.UniqueIDHeader)
	byBackend := map[*stream.Proxy]addressHeaders{}
	for _, backend := range b.config.Proxies {
		h := addressHeaders{
			source:      newAddressHeader(section.ForwardFor, backend.ForwardFor),
			destination: newAddressHeader(asForwardFor(section.OriginalTo), asForwardFor(backend.OriginalTo)),
		}
		if backend.Kind.HasBackend() && (h.source != nil || h.destination != nil) {
			byBackend[b.identities[backend]] = h
		}
	}
	if len(byBackend) == 0 && idHeader == "" {
		return nil
	}
	return func(s *stream.Stream) stream.Verdict {
		h := byBackend[s.Backend]
		if !addUniqueID(s, idHeader) || !h.source.add(s, s.Client.Source) || !h.destination.add(s, s.Client.Destination) {
			return stream.Failed
		}
		return stream.Continue
	}
}

// addUniqueID adds the exchange's identifier under a name, if there are both.
func addUniqueID(s *stream.Stream, name string) bool {
	if name == "" {
		return true
	}
	id := s.UniqueID()
	return len(id) == 0 || s.Request.Add(name, id)
}

// addressHeaders are what option forwardfor and option originalto add; nil for neither.
type addressHeaders struct{ source, destination *addressHeader }

// asForwardFor is option originalto in the form of the other, which can do more.
func asForwardFor(o config.OriginalTo) config.ForwardFor {
	return config.ForwardFor{Enabled: o.Enabled, Header: o.Header, Except: o.Except}
}

// addressHeader adds an address to requests, as option forwardfor does.
type addressHeader struct {
	name   string
	except []netip.Prefix // addresses that are not told
	ifNone bool           // leave a header that is there
}

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
		h.name = strings.ToLower(o.Header)
		h.ifNone = h.ifNone && o.IfNone
		if o.Except.IsValid() {
			h.except = append(h.except, o.Except)
		}
	}
	return h
}

// add adds the header. As in HAProxy it does not replace one: what that says is the sender's claim. It reports false when
// there is no room. A nil header is none.
func (h *addressHeader) add(s *stream.Stream, of netip.AddrPort) bool {
	a := of.Addr().Unmap()
	if h == nil || s.Request == nil || !a.IsValid() || h.ifNone && s.Request.Find(h.name, -1) >= 0 {
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
