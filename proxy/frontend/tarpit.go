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
	begin := time.Now()
	over := time.NewTimer(s.stream.Overrides.TarpitTimeout)
	defer over.Stop()
	select {
	case <-over.C:
	case <-s.stream.Context.Done():
		s.keep = false
	}
	// So HAProxy's logs tell how long the request was held.
	s.stream.Record.Timers.Request, s.stream.Record.Timers.Queue = stream.NotReached, time.Since(begin)
	s.replyGenerated(500)
}
