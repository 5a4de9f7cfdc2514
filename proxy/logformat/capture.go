package logformat

import (
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// slots are the captures of one direction: their declared lengths, and what is in them.
type slots func(*stream.Stream) (lengths []int, captures *stream.Captures)

func requestSlots(s *stream.Stream) ([]int, *stream.Captures) {
	return s.Frontend.RequestSlots, &s.RequestCaptures
}

func responseSlots(s *stream.Stream) ([]int, *stream.Captures) {
	return s.Frontend.ResponseSlots, &s.ResponseCaptures
}

// captured writes {one|two|}, and nothing when the frontend declares no capture (manual, section 8.8).
func captured(of slots) func([]byte, *sample.Context, flags) []byte {
	return func(b []byte, c *sample.Context, fl flags) []byte {
		lengths, captures := of(c.Stream)
		if len(lengths) == 0 {
			return b
		}
		if fl&quoted != 0 {
			b = append(b, '"')
		}
		b = append(b, '{')
		for i := range lengths {
			if i > 0 {
				b = append(b, '|')
			}
			value, _ := captures.Get(i)
			b = encode(b, value, unsafeInHeader, '#', fl)
		}
		b = append(b, '}')
		if fl&quoted != 0 {
			b = append(b, '"')
		}
		return b
	}
}

// capturedList writes one field for each capture, as the CLF format has it.
func capturedList(of slots) func([]byte, *sample.Context, flags) []byte {
	return func(b []byte, c *sample.Context, fl flags) []byte {
		lengths, captures := of(c.Stream)
		for i := range lengths {
			if i > 0 {
				b = append(b, ' ')
			}
			if value, ok := captures.Get(i); ok {
				b = quote(b, value, unsafeInHeader, '#', fl)
			} else {
				b = appendMissing(b, fl)
			}
		}
		return b
	}
}

func requestCookie(b []byte, c *sample.Context, _ flags) []byte {
	return append(b, c.Stream.RequestCookie...)
}

func responseCookie(b []byte, c *sample.Context, _ flags) []byte {
	return append(b, c.Stream.ResponseCookie...)
}
