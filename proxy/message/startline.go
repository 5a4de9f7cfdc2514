package message

import "bytes"

// SetRequest makes m, which must be empty, a request. The version starts as 1.1.
func (m *Message) SetRequest(method, uri []byte) bool {
	if !isToken(method) || !isText(uri) || !m.room(len(method)+len(uri), 0) {
		return false
	}
	m.start(block{kind: requestLine, name: m.keep(method), value: m.keep(uri)})
	return true
}

// SetResponse makes m, which must be empty, a response. The version starts as 1.1.
func (m *Message) SetResponse(status int, reason []byte) bool {
	if !isText(reason) || !m.room(len(reason), 0) {
		return false
	}
	m.start(block{kind: statusLine, value: m.keep(reason)})
	m.status = status
	return true
}

func (m *Message) start(b block) {
	m.blocks = append(m.blocks, b)
	m.end = len(m.blocks)
	m.major, m.minor = 1, 1
}

// Version returns the HTTP version that m was received with or is to be taken for.
func (m *Message) Version() (major, minor int) { return int(m.major), int(m.minor) }

// SetVersion changes the HTTP version; both numbers are single digits.
func (m *Message) SetVersion(major, minor int) { m.major, m.minor = uint8(major), uint8(minor) }

// Method returns the method of a request, as received: methods are case sensitive. Empty for a response.
func (m *Message) Method() []byte {
	if !m.IsRequest() {
		return nil
	}
	return m.bytes(m.blocks[0].name)
}

// SetMethod changes the method of a request.
func (m *Message) SetMethod(method []byte) bool {
	return m.IsRequest() && isToken(method) && m.replaceSpan(&m.blocks[0].name, method)
}

// URI returns the request target as received or last set, in any of its four forms (RFC 9112, section 3.2).
func (m *Message) URI() []byte {
	if !m.IsRequest() {
		return nil
	}
	return m.bytes(m.blocks[0].value)
}

// SetURI changes the request target.
func (m *Message) SetURI(uri []byte) bool {
	return m.IsRequest() && isText(uri) && m.replaceSpan(&m.blocks[0].value, uri)
}

// Status returns the status code of a response, 0 for a request.
func (m *Message) Status() int { return m.status }

// SetStatus changes the status code and the reason of a response. With no reason given it takes the usual one.
func (m *Message) SetStatus(status int, reason []byte) bool {
	if !m.IsResponse() {
		return false
	}
	if reason == nil {
		reason = []byte(ReasonOf(status))
	}
	if !isText(reason) || !m.replaceSpan(&m.blocks[0].value, reason) {
		return false
	}
	m.status = status
	return true
}

// Reason returns the reason phrase of a response.
func (m *Message) Reason() []byte {
	if !m.IsResponse() {
		return nil
	}
	return m.bytes(m.blocks[0].value)
}

func (m *Message) replaceSpan(s *span, b []byte) bool {
	if !m.room(len(b), int(s.len)) {
		return false
	}
	m.live -= int(s.len)
	// room may have moved the arena, never the blocks: s still points into them.
	*s = m.keep(b)
	return true
}

// pathStart returns the offset of the path in uri, or -1 when its form has none ("*", the authority form).
func pathStart(uri []byte) int {
	if len(uri) == 0 || uri[0] == '/' {
		return 0
	}
	scheme := bytes.Index(uri, []byte("://"))
	if scheme <= 0 {
		return -1
	}
	if slash := bytes.IndexAny(uri[scheme+3:], "/?"); slash >= 0 {
		return scheme + 3 + slash
	}
	return len(uri)
}

// Path returns the path of the request target without scheme, authority and query. It is empty for the forms that have
// none.
func (m *Message) Path() []byte {
	path, _ := m.PathQuery()
	if q := bytes.IndexByte(path, '?'); q >= 0 {
		return path[:q]
	}
	return path
}

// PathQuery returns the path with the query string, and false when the request target has none ("*", CONNECT).
func (m *Message) PathQuery() ([]byte, bool) {
	path := PathOf(m.URI())
	return path, path != nil
}

// PathOf returns the path of a request target with its query string, nil when it has none.
func PathOf(uri []byte) []byte {
	start := pathStart(uri)
	if start < 0 {
		return nil
	}
	return uri[start:]
}

// Query returns what follows the first question mark of the request target, and whether there is one.
func (m *Message) Query() ([]byte, bool) {
	path, _ := m.PathQuery()
	if q := bytes.IndexByte(path, '?'); q >= 0 {
		return path[q+1:], true
	}
	return nil, false
}

// SetPath replaces the path and keeps scheme, authority and query.
func (m *Message) SetPath(path []byte) bool {
	if !m.IsRequest() {
		return false
	}
	uri := m.URI()
	start := pathStart(uri)
	if start < 0 {
		return false
	}
	end := len(uri)
	if q := bytes.IndexByte(uri[start:], '?'); q >= 0 {
		end = start + q
	}
	return isText(path) && m.spliceURI(uri[:start], path, nil, uri[end:])
}

// SetQuery replaces the query string, given without question mark; empty removes it.
func (m *Message) SetQuery(query []byte) bool {
	if !m.IsRequest() {
		return false
	}
	uri := m.URI()
	start := pathStart(uri)
	if start < 0 {
		return false
	}
	if q := bytes.IndexByte(uri[start:], '?'); q >= 0 {
		uri = uri[:start+q]
	}
	if len(query) == 0 {
		return m.SetURI(uri)
	}
	return isText(query) && m.spliceURI(uri, []byte("?"), query, nil)
}

// spliceURI sets the request target to its arguments one after the other; they may alias the arena.
func (m *Message) spliceURI(a, b, c, d []byte) bool {
	s := &m.blocks[0].value
	n := len(a) + len(b) + len(c) + len(d)
	if !m.room(n, int(s.len)) {
		return false
	}
	off := len(m.arena)
	m.arena = append(append(append(append(m.arena, a...), b...), c...), d...)
	m.live += n - int(s.len)
	*s = span{uint32(off), uint32(n)}
	return true
}
