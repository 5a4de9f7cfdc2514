package http1

import (
	"bytes"

	"tidelock/proxy/message"
)

// ReadRequest reads the head of a request into m, which must be empty, and leaves what follows it in the buffer.
//
// Errors are a *SyntaxError, ErrTimeout, io.EOF when the peer closed, or an error of the network. After any of them the
// connection cannot carry another request.
func (c *Conn) ReadRequest(m *message.Message, h *Head) error {
	*h = Head{}
	s := scanner{conn: c}
	defer s.note()
	if err := s.skipEmptyLines(); err != nil {
		return err
	}
	line, err := s.line(checkRequestStart)
	if err != nil {
		return err
	}
	alone := false
	if err := parseRequestLine(m, line); err != nil {
		if !c.peer.Relaxed {
			return err
		}
		if alone, err = relaxedRequestLine(m, line); err != nil {
			return err
		}
	}
	if alone {
		m.EndHeaders()
		h.hostIndex = -1
	} else if err := s.headers(m, h); err != nil {
		return err
	}
	if err := h.frame(m); err != nil {
		return err
	}
	if err := h.reconcile(m); err != nil && !c.peer.Relaxed {
		return err
	}
	major, minor := m.Version()
	if major == 1 && minor == 0 && !h.Body.Empty() && !c.limits.AnyPayload && payloadIgnored(m.Method()) {
		return errPayload
	}
	if string(m.Method()) == "CONNECT" && h.Body.Kind != NoBody {
		// What follows is for the tunnel, whatever is announced (RFC 9110, section 9.3.6). Where none comes about, nobody
		// can tell where the next request would begin, and of a body in chunks not even what the server would make of it.
		if h.Body.Kind == Chunked {
			return errCoding
		}
		h.Body = Framing{}
		h.close = true
	}
	h.KeepAlive = h.persistent(major, minor)
	// A request with a body goes on without its wish: the other protocol would begin in the midst of it.
	h.Upgrade = h.upgrade && h.upgradeTo && h.Body.Empty()
	if h.Upgrade && h.webSocket && !h.webSocketKey {
		// Whoever agreed to such a switch would not mean it, and bytes of the client's would pass for frames.
		return errWebSocket
	}
	c.Discard(s.pos)
	return nil
}

// payloadIgnored reports whether servers of HTTP/1.0 may take the body of a request for the next request: that version is
// silent about bodies of these methods.
func payloadIgnored(method []byte) bool {
	m := string(method)
	return m == "GET" || m == "HEAD" || m == "DELETE"
}

// checkRequestStart refuses what cannot become a request line, so that a client that speaks another protocol is told at
// once and not after a timeout.
func checkRequestStart(line []byte) error {
	for _, c := range line {
		if isSpace(c) {
			return nil
		}
		if !is(c, tokenByte) {
			return errMethod
		}
	}
	return nil
}

// parseRequestLine reads "METHOD target HTTP/x.y". Like HAProxy it accepts runs of white space between the parts.
func parseRequestLine(m *message.Message, line []byte) error {
	i := 0
	for i < len(line) && is(line[i], tokenByte) {
		i++
	}
	if i == 0 || i == len(line) || !isSpace(line[i]) {
		return errMethod
	}
	method := line[:i]
	for i < len(line) && isSpace(line[i]) {
		i++
	}
	start := i
	for i < len(line) && is(line[i], targetByte) {
		i++
	}
	if i == start || i == len(line) || !isSpace(line[i]) {
		return errTarget
	}
	target := line[start:i]
	for i < len(line) && isSpace(line[i]) {
		i++
	}
	if string(line[i:]) == "HTTP/2.0" && string(method) == "PRI" {
		return errUnsupported2
	}
	major, minor, err := parseVersion(line[i:])
	if err != nil {
		return err
	}
	if !targetForm(method, target) {
		return errTarget
	}
	m.SetRequest(method, target)
	m.SetVersion(major, minor)
	return nil
}

// targetForm reports whether target has one of the four forms of RFC 9112, section 3.2, and its method that form.
func targetForm(method, target []byte) bool {
	switch {
	case string(method) == "CONNECT":
		return target[0] != '/' && target[0] != '*'
	case target[0] == '/', len(target) == 1 && target[0] == '*':
		return true
	}
	return isScheme(target[:max(bytes.Index(target, []byte("://")), 0)])
}
