package frontend

import (
	"time"

	"tidelock/proxy/violation"
)

// keepRequest keeps a request that broke the protocol.
func (s *session) keepRequest() {
	p := s.frontend.Proxy
	if p.Refused == nil {
		return
	}
	text, position := s.client.Refused()
	p.Refused.Keep(p.Violations, violation.Violation{
		At: time.Now(), Position: position, Source: s.Session.Client.Source, Text: text, PeerID: -1, ServerID: -1,
	})
}

// keepResponse keeps a response that broke the protocol.
func (s *session) keepResponse() {
	p := s.backend.Proxy
	if p.Refused == nil || s.server == nil {
		return
	}
	text, position := s.server.Refused()
	kept := violation.Violation{
		At: time.Now(), Response: true, Position: position, Source: s.Session.Client.Source, Text: text,
		Peer: s.frontend.Proxy.Name, PeerID: s.frontend.Proxy.ID, ServerID: -1,
	}
	if server := s.stream.Server; server != nil {
		kept.Server, kept.ServerID = server.Name, server.ID
	}
	p.Refused.Keep(p.Violations, kept)
}
