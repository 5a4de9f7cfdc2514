package proxy

import "tidelock/proxy/stream"

// monitorPage is what monitor-uri answers with.
const monitorPage = "<html><body><h1>200 OK</h1>\nService ready.\n</body></html>\n"

// isMonitor reports whether an exchange is a request for the monitor's URI.
func isMonitor(s *stream.Stream, uri string) bool {
	return s.Request != nil && string(s.Request.URI()) == uri
}

// monitor answers requests for uri itself, before any rule. They are not logged either.
func monitor(uri string, rules func(*stream.Stream) stream.Verdict) func(*stream.Stream) stream.Verdict {
	if uri == "" {
		return rules
	}
	return func(s *stream.Stream) stream.Verdict {
		if isMonitor(s, uri) {
			m := s.Response
			m.Reset()
			m.SetResponse(200, []byte("OK"))
			m.Add("cache-control", []byte("no-cache"))
			m.Add("content-type", []byte("text/html"))
			m.EndHeaders()
			m.SetBody([]byte(monitorPage))
			return stream.Reply
		}
		if rules == nil {
			return stream.Continue
		}
		return rules(s)
	}
}
