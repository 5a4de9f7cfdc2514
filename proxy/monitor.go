package proxy

import (
	"tidelock/proxy/acl"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// isMonitor reports whether an exchange is a request for the monitor's URI.
func isMonitor(s *stream.Stream, uri string) bool {
	return s.Request != nil && string(s.ReceivedURI) == uri
}

// monitor answers requests for uri itself, before any rule: with 503 when one of the conditions holds, else with 200. They
// are not logged either.
func monitor(uri string, fails []*acl.Condition, answer func(*stream.Stream, int), rules verdict) verdict {
	if uri == "" {
		return rules
	}
	phase := sample.PhaseOf(stream.HTTPRequest)
	return func(s *stream.Stream) stream.Verdict {
		switch {
		case isMonitor(s, uri):
			answer(s, monitorStatus(s, phase, fails))
			return stream.Reply
		case rules == nil:
			return stream.Continue
		}
		return rules(s)
	}
}

func monitorStatus(s *stream.Stream, phase sample.Phase, fails []*acl.Condition) int {
	c := sample.Acquire(s, phase)
	defer c.Release()
	for _, condition := range fails {
		if condition.Holds(c) {
			return 503
		}
	}
	return 200
}
