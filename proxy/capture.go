package proxy

import (
	"bytes"
	"cmp"
	"strings"

	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/message"
	"tidelock/proxy/stream"
)

// longestCookie is how much of a cookie is captured unless tune.http.cookielen says otherwise, in bytes.
const longestCookie = 63

// capture gives a capture its slot. The cookie has none: its place in the log is its own.
func (l *ruleList) capture(c config.Capture) {
	frontend := l.identities[l.section]
	switch {
	case c.Kind == config.CaptureCookie:
		if most := cmp.Or(l.config.Global.LongestCookie, longestCookie); c.Length > most {
			l.diags.Warnf(syntax.Position{}, "truncating capture length to %d bytes for proxy '%s'.", most, l.section.Name)
			c.Length = most
		}
	case c.Response:
		frontend.ResponseSlots = append(frontend.ResponseSlots, c.Length)
	default:
		frontend.RequestSlots = append(frontend.RequestSlots, c.Length)
	}
	if c.Kind == config.CaptureSlot {
		return
	}
	l.rules.captures = append(l.rules.captures, captureRule{c, l.slotOf(c)})
}

func (l *ruleList) slotOf(c config.Capture) int {
	if c.Response {
		return len(l.identities[l.section].ResponseSlots) - 1
	}
	return len(l.identities[l.section].RequestSlots) - 1
}

// captureRule is a capture line with the slot that it stores in.
type captureRule struct {
	config.Capture
	slot int
}

// captureRequest returns what stores captures of the request before any rule sees it, nil for nothing.
func captureRequest(captures []captureRule) verdict {
	return capturing(captures, false, func(s *stream.Stream) (*message.Message, *stream.Captures, *[]byte) {
		return s.Request, &s.RequestCaptures, &s.RequestCookie
	})
}

// captureResponse is captureRequest for what a server or service answers.
func captureResponse(captures []captureRule) verdict {
	return capturing(captures, true, func(s *stream.Stream) (*message.Message, *stream.Captures, *[]byte) {
		return s.Response, &s.ResponseCaptures, &s.ResponseCookie
	})
}

func capturing(all []captureRule, response bool, of func(*stream.Stream) (*message.Message, *stream.Captures, *[]byte)) verdict {
	var captures []captureRule
	for _, c := range all {
		if c.Response == response || c.Kind == config.CaptureCookie {
			c.Name = strings.ToLower(c.Name)
			captures = append(captures, c)
		}
	}
	if len(captures) == 0 {
		return nil
	}
	cookieHeader := "cookie"
	if response {
		cookieHeader = "set-cookie"
	}
	return func(s *stream.Stream) stream.Verdict {
		m, slots, cookie := of(s)
		for i := range captures {
			c := &captures[i]
			if c.Kind == config.CaptureCookie {
				*cookie = findCookie((*cookie)[:0], m, cookieHeader, c)
			} else if at := m.FindLast(c.Name, m.Blocks()); at >= 0 {
				slots.Set(c.slot, c.Length, m.Value(at))
			}
		}
		return stream.Continue
	}
}

// findCookie appends the first cookie whose name begins as the capture's does, as "name=value", cut to its length.
func findCookie(b []byte, m *message.Message, header string, c *captureRule) []byte {
	for i := m.Find(header, -1); i >= 0; i = m.Find(header, i) {
		for rest := m.Value(i); len(rest) > 0; {
			var one []byte
			one, rest, _ = bytes.Cut(rest, []byte(";"))
			one = bytes.TrimSpace(one)
			if len(one) >= len(c.Name) && strings.EqualFold(string(one[:len(c.Name)]), c.Name) {
				return append(b, one[:min(len(one), c.Length)]...)
			}
			if header == "set-cookie" {
				break // what follows are attributes
			}
		}
	}
	return b
}
