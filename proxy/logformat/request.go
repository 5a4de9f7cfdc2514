package logformat

import (
	"bytes"

	"tidelock/proxy/message"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// loggedLine bounds a request line in log lines, as HAProxy's tune.http.logurilen does by default.
const loggedLine = 1023

// ofRequest writes a part of the request line as it came, whatever rules made of it, and what HAProxy writes where none
// was understood.
func ofRequest(part func(b []byte, s *stream.Stream) []byte) func([]byte, *sample.Context, flags) []byte {
	return func(b []byte, c *sample.Context, _ flags) []byte {
		if len(c.Stream.ReceivedMethod) > 0 {
			return part(b, c.Stream)
		}
		return append(b, "<BADREQ>"...)
	}
}

func method(b []byte, s *stream.Stream) []byte { return append(b, s.ReceivedMethod...) }

func uri(b []byte, s *stream.Stream) []byte {
	return append(b, s.ReceivedURI[:min(len(s.ReceivedURI), loggedLine)]...)
}

func uriWithoutQuery(b []byte, s *stream.Stream) []byte {
	before, _, _ := bytes.Cut(s.ReceivedURI, []byte("?"))
	return append(b, before...)
}

func path(b []byte, s *stream.Stream) []byte {
	before, _, _ := bytes.Cut(message.PathOf(s.ReceivedURI), []byte("?"))
	return append(b, before...)
}

// query has its question mark.
func query(b []byte, s *stream.Stream) []byte {
	if i := bytes.IndexByte(s.ReceivedURI, '?'); i >= 0 {
		b = append(b, s.ReceivedURI[i:]...)
	}
	return b
}

func version(b []byte, s *stream.Stream) []byte {
	major, minor := s.Request.Version()
	return append(b, 'H', 'T', 'T', 'P', '/', byte('0'+major), '.', byte('0'+minor))
}

func requestLine(b []byte, s *stream.Stream) []byte {
	start := len(b)
	b = append(method(b, s), ' ')
	b = append(append(b, s.ReceivedURI...), ' ')
	b = version(b, s)
	return b[:min(len(b), start+loggedLine)]
}
