package frontend

import (
	"time"

	"tidelock/proxy/counter"
	"tidelock/proxy/stream"
)

// tarpit answers only after a while, which costs whoever sends such requests a connection for that long.
func (s *session) tarpit() {
	s.countFault(counter.DeniedRequests)
	s.stream.Record.End(stream.ProxyDenied, stream.InTarpit)
	over := time.NewTimer(s.stream.Overrides.TarpitTimeout)
	defer over.Stop()
	select {
	case <-over.C:
	case <-s.stream.Context.Done():
		s.keep = false
	}
	s.replyGenerated(500)
}
