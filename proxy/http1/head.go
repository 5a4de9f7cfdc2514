package http1

import (
	"bytes"
	"fmt"

	"tidelock/proxy/message"
)

// SyntaxError says why a message was refused. The peer is answered 400, or counts as having sent a bad response.
type SyntaxError struct {
	Status int // 400; 413 for a body that others may take for a request; 422 for a transfer coding that is not carried
	Reason string
}

// Error implements error.
func (e *SyntaxError) Error() string { return fmt.Sprintf("http1: %s", e.Reason) }

func bad(reason string) *SyntaxError { return &SyntaxError{400, reason} }

// The errors are values so that a flood of bad requests allocates nothing.
var (
	errStartLine    = bad("malformed start line")
	errMethod       = bad("malformed method")
	errTarget       = bad("malformed request target")
	errVersion      = bad("malformed or unsupported version")
	errStatus       = bad("malformed status code")
	errName         = bad("malformed header name")
	errValue        = bad("NUL or carriage return in a header value")
	errHeaders      = bad("too many headers")
	errTooLarge     = bad("message head larger than the buffer")
	errLength       = bad("malformed or contradicting Content-Length")
	errCoding       = bad("malformed or unsupported Transfer-Encoding")
	errOtherCoding  = &SyntaxError{422, "unsupported transfer coding below chunked"}
	errHost         = bad("contradicting Host")
	errWebSocket    = bad("WebSocket without a key")
	errUpgrade      = bad("101 without a request to upgrade")
	errPayload      = &SyntaxError{413, "payload of a method that has none in HTTP/1.0"}
	errChunk        = bad("malformed chunk")
	errTrailer      = bad("malformed trailer")
	errUnsupported2 = bad("HTTP/2 preface")
)

// Head is what the codec learnt from the head of a message beside its text.
type Head struct {
	Body         Framing
	KeepAlive    bool // the sender would keep the connection
	Upgrade      bool // a request asks to switch protocols, or a response did
	Expect       bool // a request waits for 100 (Continue)
	headers      int
	hostIndex    int
	codings      coding
	length       bool // a Content-Length was met
	close        bool
	keepAlive    bool
	upgrade      bool // a Connection header names upgrade
	upgradeTo    bool // an Upgrade header
	webSocket    bool // it names websocket
	webSocketKey bool // a Sec-WebSocket-Key header
}

// scanner walks over the lines of a head while it arrives, each looked at once.
type scanner struct {
	conn *Conn
	pos  int // next line, relative to the conn's unread input
	seen int // where the search for the end of that line goes on
	from int // the line that was returned last, or looked at
}

// note leaves to the conn which line the reading ended at.
func (s *scanner) note() { s.conn.fault = s.from }

// fill waits for more input; what arrived too slowly or does not fit is the caller's to name.
func (s *scanner) fill() error {
	if s.conn.w-s.conn.r >= s.conn.headSpace() {
		return errTooLarge
	}
	return s.conn.Fill()
}

// line returns the next line without its end. It waits for input, calling check on the unfinished line in between when
// there is one.
func (s *scanner) line(check func([]byte) error) ([]byte, error) {
	s.from = s.pos
	for {
		in := s.conn.Buffered()
		if i := bytes.IndexByte(in[s.seen:], '\n'); i >= 0 {
			line := in[s.pos : s.seen+i]
			s.pos = s.seen + i + 1
			s.seen = s.pos
			if s.pos > s.conn.headSpace() {
				return nil, errTooLarge
			}
			if n := len(line); n > 0 && line[n-1] == '\r' {
				line = line[:n-1]
			}
			return line, nil
		}
		if check != nil {
			if err := check(in[s.pos:]); err != nil {
				return nil, err
			}
		}
		s.seen = len(in)
		if err := s.fill(); err != nil {
			return nil, err
		}
	}
}

// headerLine returns the next header line, unfolded in place (RFC 9112, section 5.2), empty at the end of the section.
// Only the byte behind a line tells whether it goes on, so that one is waited for as well.
func (s *scanner) headerLine() ([]byte, error) {
	start := s.pos
	line, err := s.line(nil)
	if err != nil || len(line) == 0 {
		return line, err
	}
	for {
		for s.pos == s.conn.w-s.conn.r {
			if err := s.fill(); err != nil {
				return nil, err
			}
		}
		in := s.conn.Buffered()
		end := start + len(line)
		line = in[start:end] // fill may have moved the buffer's content
		if !isSpace(in[s.pos]) {
			return line, nil
		}
		for i := end; i < s.pos; i++ {
			in[i] = ' '
		}
		next := s.pos
		more, err := s.line(nil)
		if err != nil {
			return nil, err
		}
		line = s.conn.Buffered()[start : next+len(more)]
	}
}

// skipEmptyLines skips what may precede a start line (RFC 9112, section 2.2).
func (s *scanner) skipEmptyLines() error {
	for {
		in := s.conn.Buffered()
		n := 0
		for n < len(in) && (in[n] == '\n' || in[n] == '\r' && n+1 < len(in) && in[n+1] == '\n') {
			n++
		}
		s.conn.Discard(n)
		if in = in[n:]; len(in) > 0 && !(len(in) == 1 && in[0] == '\r') {
			return nil
		}
		if err := s.fill(); err != nil {
			return err
		}
	}
}

// headers reads header lines up to the empty one into m.
func (s *scanner) headers(m *message.Message, h *Head) error {
	h.hostIndex = -1
	for {
		line, err := s.headerLine()
		if err != nil {
			return err
		}
		if len(line) == 0 {
			m.EndHeaders()
			return nil
		}
		if h.headers++; h.headers >= s.conn.limits.MaxHeaders { // the end of the headers counts as one
			return errHeaders
		}
		name, value, err := splitField(line)
		if err == errName && s.conn.peer.Relaxed {
			name, value, err = relaxedField(line)
		}
		if err != nil {
			return err
		}
		if err := h.note(m, m.Append(name, value)); err != nil {
			return err
		}
	}
}

// splitField cuts a header or trailer line at its colon.
func splitField(line []byte) (name, value []byte, err error) {
	n := 0
	for n < len(line) && is(line[n], tokenByte) {
		n++
	}
	if n == 0 || n == len(line) || line[n] != ':' {
		return nil, nil, errName
	}
	value = trim(line[n+1:])
	if !none(value, refused) {
		return nil, nil, errValue
	}
	return line[:n], value, nil
}

// note takes in what header i means for the connection and the framing.
func (h *Head) note(m *message.Message, i int) error {
	switch string(m.Name(i)) {
	case "content-length":
		return h.noteLength(m, i)
	case "transfer-encoding":
		return h.noteCodings(m.Value(i))
	case "connection":
		h.noteConnection(m, i)
	case "upgrade":
		h.upgradeTo = true
		h.webSocket = h.webSocket || contains(m.Value(i), "websocket")
	case "sec-websocket-key":
		h.webSocketKey = true
	case "expect":
		h.Expect = equalFold(m.Value(i), "100-continue")
	case "host":
		return h.noteHost(m, i)
	}
	return nil
}

// noteHost keeps one of several equal Host headers and refuses different ones.
func (h *Head) noteHost(m *message.Message, i int) error {
	if h.hostIndex < 0 {
		h.hostIndex = i
		return nil
	}
	if !bytes.Equal(m.Value(h.hostIndex), m.Value(i)) {
		return errHost
	}
	m.Remove(i)
	return nil
}

// noteConnection takes close and keep-alive out of header i, the last one: they are between the sender and us.
func (h *Head) noteConnection(m *message.Message, i int) {
	list, kept, ours := m.Value(i), 0, 0
	var buffer [64]byte
	rest := buffer[:0]
	for len(list) > 0 {
		var option []byte
		option, list = nextElement(list)
		switch {
		case equalFold(option, "close"):
			h.close = true
			ours++
			continue
		case equalFold(option, "keep-alive"):
			h.keepAlive = true
			ours++
			continue
		case equalFold(option, "upgrade"):
			h.upgrade = true
		}
		if kept++; kept > 1 {
			rest = append(rest, ',')
		}
		rest = append(rest, option...)
	}
	switch {
	case kept == 0 || len(rest) < kept: // nothing between commas
		m.Remove(i)
	case ours > 0:
		m.Replace(i, rest)
	}
}

// persistent says whether the sender's version and Connection headers keep the connection open.
func (h *Head) persistent(major, minor int) bool {
	if h.close {
		return false
	}
	return h.keepAlive || major > 1 || major == 1 && minor >= 1
}

// SaysClose reports whether a message's Connection headers ask for the connection to be closed.
func SaysClose(m *message.Message) bool {
	for i := m.Find("connection", -1); i >= 0; i = m.Find("connection", i) {
		if contains(m.Value(i), "close") {
			return true
		}
	}
	return false
}

// parseVersion reads "HTTP/x.y". What is newer than 1.1 is spoken to as 1.1.
func parseVersion(b []byte) (major, minor int, err error) {
	if len(b) != 8 || string(b[:5]) != "HTTP/" || !is(b[5], digitByte) || b[6] != '.' || !is(b[7], digitByte) {
		return 0, 0, errVersion
	}
	major, minor = int(b[5]-'0'), int(b[7]-'0')
	if major > 1 || major == 1 && minor > 1 {
		return 1, 1, nil
	}
	return major, minor, nil
}
