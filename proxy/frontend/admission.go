package frontend

import (
	"tidelock/proxy/counter"
	"tidelock/proxy/stream"
)

// admit does what precedes any exchange and reports whether the connection may stay: the rules that see only who connects,
// the handshake, and the rules that see what it told. What rules refuse is closed without a word and without a log line: it
// never became a session.
func (s *session) admit() bool {
	f := s.frontend
	if rules := f.ConnectionRules; rules != nil {
		s.beginAdmission()
		if rules(&s.stream) > stream.Stop {
			s.countClient(counter.DeniedConnections)
			return false
		}
		s.Session.Client = s.stream.Client // as the rules changed it
		s.Origin = s.Session.Client
	}
	if !s.handshake() {
		return false
	}
	if rules := f.SessionRules; rules != nil {
		s.beginAdmission()
		if rules(&s.stream) > stream.Stop {
			s.countClient(counter.DeniedSessions)
			return false
		}
		s.Origin = s.stream.Client
	}
	s.Session.Admitted()
	s.countSession()
	return true
}

// beginAdmission empties the stream for what sees the session before its first exchange.
func (s *session) beginAdmission() {
	st := &s.stream
	st.Session, st.Frontend, st.Control = &s.Session, s.frontend.Proxy, s
	st.Reset()
}
