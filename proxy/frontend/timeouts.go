package frontend

import "time"

// serverTimeout bounds each wait for the server: what a rule has set for this exchange, or the backend's, 0 for none.
func (s *session) serverTimeout() time.Duration {
	if t := s.stream.Overrides.ServerTimeout; t > 0 {
		return t
	}
	return s.backend.Timeouts.Server
}

// tunnelTimeout is serverTimeout for both sides of a tunnel.
func (s *session) tunnelTimeout() time.Duration {
	if t := s.stream.Overrides.TunnelTimeout; t > 0 {
		return t
	}
	return s.backend.Timeouts.Tunnel
}
