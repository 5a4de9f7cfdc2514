package proxy

import (
	"bytes"

	"tidelock/proxy/config"
	"tidelock/proxy/stream"
)

// restrictNames returns what deals with request headers whose names are not made of letters, digits and dashes: servers may
// take them for others (option http-restrict-req-hdr-names). It is nil where they are kept.
func restrictNames(section *config.Proxy) verdict {
	if section.Mode != config.ModeHTTP || section.HeaderNames == "" || section.HeaderNames == config.PreserveNames {
		return nil
	}
	refuse := section.HeaderNames == config.RejectNames
	return func(s *stream.Stream) stream.Verdict {
		r := s.Request
		for i := r.First(); i >= 0; {
			next := r.Next(i)
			if isOdd(r.Name(i)) {
				if refuse {
					return stream.Deny
				}
				r.Remove(i)
			}
			i = next
		}
		return stream.Continue
	}
}

// isOdd reports whether a header's name, which is in lower case, has other characters than letters, digits and dashes.
func isOdd(name []byte) bool {
	return bytes.ContainsFunc(name, func(c rune) bool {
		return (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-'
	})
}
