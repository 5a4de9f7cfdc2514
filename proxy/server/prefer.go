package server

import "tidelock/proxy/stream"

// Pick returns the server for an exchange: the one that the configuration asks for, else the one whose turn it is. It is
// nil when there is none.
func (b *Backend) Pick(s *stream.Stream) *Server {
	if b.Prefer != nil {
		if preferred := b.Prefer(s); preferred != nil {
			return preferred
		}
	}
	return b.Next()
}
