package frontend

import (
	"bytes"
	"strings"

	"tidelock/proxy/message"
	"tidelock/proxy/stream"
)

// serverName is that of the exchange's server, as logs have it.
func (s *session) serverName() string {
	if s.stream.Server == nil {
		return "<NOSRV>"
	}
	return s.stream.Server.Name
}

// blockLeak refuses a response whose cookie caches would hand to other clients (option checkcache), and reports whether it
// was one.
func (s *session) blockLeak() bool {
	if !s.backend.CheckCache || !leaksCookie(string(s.request.Method()), &s.response) {
		return false
	}
	if p := s.backend.Proxy; p.Say != nil {
		p.Say(alertLevel, []byte("Blocking cacheable cookie in response from instance "+p.Name+", server "+s.serverName()+"."))
	}
	s.countDenied(stream.InHeaders)
	s.stream.Record.End(stream.ProxyDenied, stream.InHeaders)
	s.stream.Record.Timers.Response = stream.NotReached // for the log the server's response is none
	s.replyError(502)
	return true
}

// alertLevel is syslog's: somebody has to act at once.
const alertLevel = 1

// leaksCookie reports whether a response sets a cookie and may be kept by caches: it says for how long it is good or how it
// can be recognised, its method and status are of those that caches keep or it is declared public, and nothing forbids it.
func leaksCookie(method string, r *message.Message) bool {
	if r.Find("set-cookie", -1) < 0 && r.Find("set-cookie2", -1) < 0 {
		return false
	}
	for i := r.Find("pragma", -1); i >= 0; i = r.Find("pragma", i) {
		if bytes.EqualFold(r.Value(i), []byte("no-cache")) {
			return false
		}
	}
	kept := keptMethod(method) && keptStatus(r.Status())
	lasting := r.Find("expires", -1) >= 0 || r.Find("etag", -1) >= 0 || r.Find("last-modified", -1) >= 0
	for i := r.Find("cache-control", -1); i >= 0; i = r.Find("cache-control", i) {
		for directive := range strings.SplitSeq(strings.ToLower(string(r.Value(i))), ",") {
			name, value, valued := strings.Cut(strings.TrimSpace(directive), "=")
			switch name {
			case "private", "no-store":
				return false
			case "no-cache":
				// Commas in a quoted list end the directive here: the first name is the one that counts, as in HAProxy.
				if field := strings.Trim(value, `"`); !valued || field == "set-cookie" || field == "set-cookie2" {
					return false
				}
			case "max-age", "s-maxage":
				if strings.Trim(value, `"`) == "0" {
					return false
				}
				lasting = true
			case "public":
				kept = true
			}
		}
	}
	return kept && lasting
}

// keptMethod reports whether caches keep responses to a method.
func keptMethod(method string) bool {
	return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "TRACE"
}

// keptStatus reports whether caches keep responses of a status that say nothing of it (RFC 9110, section 15.1).
func keptStatus(status int) bool {
	switch status {
	case 200, 203, 204, 206, 300, 301, 404, 405, 410, 414, 501:
		return true
	}
	return false
}
