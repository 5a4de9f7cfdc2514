package logformat

import (
	"bytes"

	"tidelock/proxy/message"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// loggedLine returns how many bytes of a request line are logged (tune.http.logurilen).
func loggedLine(s *stream.Stream) int {
	if s.Frontend != nil && s.Frontend.LoggedLine > 0 {
		return s.Frontend.LoggedLine
	}
	return 1023
}

// loggedURI returns the part of the request's target that the logged part of its line has.
func loggedURI(s *stream.Stream) []byte {
	room := max(loggedLine(s)-len(s.ReceivedMethod)-1, 0)
	return s.ReceivedURI[:min(len(s.ReceivedURI), room)]
}

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
	return append(b, loggedURI(s)...)
}

func uriWithoutQuery(b []byte, s *stream.Stream) []byte {
	before, _, _ := bytes.Cut(loggedURI(s), []byte("?"))
	return append(b, before...)
}

func path(b []byte, s *stream.Stream) []byte {
	before, _, _ := bytes.Cut(message.PathOf(loggedURI(s)), []byte("?"))
	return append(b, before...)
}

// query has its question mark.
func query(b []byte, s *stream.Stream) []byte {
	target := loggedURI(s)
	if i := bytes.IndexByte(target, '?'); i >= 0 {
		b = append(b, target[i:]...)
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
	return b[:min(len(b), start+loggedLine(s))]
}
