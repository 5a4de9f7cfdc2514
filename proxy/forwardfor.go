package proxy

import (
	"strings"

	"tidelock/proxy/config"
	"tidelock/proxy/stream"
)

// forwardFor adds option forwardfor behind the rules that follow, which may be nil. As in HAProxy the header is added,
// not replaced: what it already says is the sender's claim.
func forwardFor(o config.ForwardFor, rules func(*stream.Stream) stream.Verdict) func(*stream.Stream) stream.Verdict {
	if !o.Enabled {
		return rules
	}
	name := strings.ToLower(o.Header)
	return func(s *stream.Stream) stream.Verdict {
		if rules != nil {
			if verdict := rules(s); verdict > stream.Stop {
				return verdict
			}
		}
		source := s.Session.Client.Source.Addr().Unmap()
		if s.Request == nil || !source.IsValid() || o.Except.IsValid() && o.Except.Contains(source) ||
			o.IfNone && s.Request.Find(name, 0) >= 0 {
			return stream.Continue
		}
		var text [64]byte
		if !s.Request.Add(name, source.AppendTo(text[:0])) {
			return stream.Failed
		}
		return stream.Continue
	}
}
