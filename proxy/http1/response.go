package http1

import "tidelock/proxy/message"

// ReadResponse reads the head of a response to request into m, which must be empty, and leaves what follows it in the
// buffer. Interim responses (1xx) are returned like others. asked is what was learnt from the request.
//
// Errors are as with ReadRequest.
func (c *Conn) ReadResponse(m, request *message.Message, asked, h *Head) error {
	*h = Head{}
	s := scanner{conn: c}
	defer s.note()
	if err := s.skipEmptyLines(); err != nil {
		return err
	}
	line, err := s.line(nil)
	if err != nil {
		return err
	}
	if err := parseStatusLine(m, line); err != nil {
		return err
	}
	if err := s.headers(m, h); err != nil {
		return err
	}
	if err := h.frame(m); err != nil {
		return err
	}
	if err := h.frameResponse(m, request, asked); err != nil {
		return err
	}
	major, minor := m.Version()
	h.KeepAlive = h.persistent(major, minor) && h.Body.Kind != UntilClose && !h.Upgrade
	c.Discard(s.pos)
	return nil
}

// parseStatusLine reads "HTTP/x.y code reason"; the reason may be missing, with or without its space.
func parseStatusLine(m *message.Message, line []byte) error {
	if len(line) < 12 || !isSpace(line[8]) {
		return errStartLine
	}
	major, minor, err := parseVersion(line[:8])
	if err != nil {
		return err
	}
	code := line[9:12]
	if !all(code, digitByte) || code[0] == '0' || len(line) > 12 && !isSpace(line[12]) {
		return errStatus
	}
	reason := trim(line[12:])
	if !none(reason, refused) {
		return errStartLine
	}
	m.SetResponse(int(code[0]-'0')*100+int(code[1]-'0')*10+int(code[2]-'0'), reason)
	m.SetVersion(major, minor)
	return nil
}

// frameResponse applies what the request and the status say of the body (RFC 9112, section 6.3).
func (h *Head) frameResponse(m, request *message.Message, asked *Head) error {
	status := m.Status()
	connect := string(request.Method()) == "CONNECT"
	switch {
	case status == 101:
		if !asked.Upgrade {
			return errUpgrade
		}
		h.Upgrade = true
		h.Body = Framing{}
	case connect && status/100 == 2:
		h.Upgrade = true
		h.Body = Framing{}
	case status < 200, status == 204:
		// Neither may have a body; whatever announces one would only mislead who reads on.
		m.Delete("content-length")
		m.Delete("transfer-encoding")
		h.Body = Framing{}
	case status == 304, string(request.Method()) == "HEAD":
		h.Body = Framing{}
	case h.Body.Kind == NoBody:
		h.Body = Framing{Kind: UntilClose}
	}
	return nil
}
