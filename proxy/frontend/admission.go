package frontend

import (
	"tidelock/proxy/counter"
	"tidelock/proxy/stream"
)

// admit runs the rules that see the connection before any exchange and reports whether it may stay. What they refuse is
// closed without a word and without a log line: it never became a session.
func (s *session) admit() bool {
	f := s.frontend
	if f.ConnectionRules == nil && f.SessionRules == nil {
		return true
	}
	st := &s.stream
	st.Session, st.Frontend, st.Control = &s.Session, f.Proxy, s
	st.Reset()
	if !s.admitted(f.ConnectionRules) {
		s.countClient(counter.DeniedConnections)
		return false
	}
	if !s.admitted(f.SessionRules) {
		s.countClient(counter.DeniedSessions)
		return false
	}
	s.Session.Admitted()
	s.Session.Client = st.Client // as the rules changed it, for all exchanges
	return true
}

func (s *session) admitted(rules func(*stream.Stream) stream.Verdict) bool {
	return rules == nil || rules(&s.stream) <= stream.Stop
}
