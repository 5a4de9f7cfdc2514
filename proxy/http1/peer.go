package http1

import (
	"bytes"
	"net"

	"tidelock/proxy/message"
)

// Peer is how a connection bears with a peer that needs it.
type Peer struct {
	// Relaxed accepts names, targets and versions that are no such (option accept-invalid-http-request and -response).
	// What decides where a message ends stays as strict as ever, and NUL is never accepted.
	Relaxed bool
	// HeaderCase spells header names, which are lower case otherwise: the keys are (h1-case-adjust).
	HeaderCase map[string]string
	NoLinger   bool // close with a reset, dropping what was not acknowledged (option nolinger)
}

// Adapt makes the connection bear with its peer from now on.
func (c *Conn) Adapt(p Peer) {
	c.peer = p
	if p.NoLinger {
		if tcp, ok := c.net.(*net.TCPConn); ok {
			tcp.SetLinger(0)
		}
	}
}

// writeName writes a header's name as the peer wants it.
func (c *Conn) writeName(name []byte) {
	if c.peer.HeaderCase != nil {
		if spelt, ok := c.peer.HeaderCase[string(name)]; ok {
			c.WriteString(spelt)
			return
		}
	}
	c.Write(name)
}

// relaxedRequestLine reads a start line that parseRequestLine refused: any bytes but control characters and space in
// the target, any protocol's name with versions of several digits, which count as 1.0 as they do in HAProxy, and no
// version at all. It reports whether the line is all there is of the head, as in HTTP/0.9.
func relaxedRequestLine(m *message.Message, line []byte) (alone bool, err error) {
	parts := bytes.Fields(line)
	if len(parts) < 2 || len(parts) > 3 || !all(parts[0], tokenByte) || !none(parts[1], controlByte) || isSpace(line[0]) {
		return false, errTarget
	}
	major, minor := 1, 0
	if len(parts) == 3 {
		if major, minor, err = parseVersion(parts[2]); err != nil {
			if !relaxedVersion(parts[2]) {
				return false, errVersion
			}
			major, minor = 1, 0
		}
	}
	m.SetRequest(parts[0], parts[1])
	m.SetVersion(major, minor)
	return len(parts) == 2, nil
}

// relaxedVersion reports whether b is "NAME/n" or "NAME/n.n", of upper-case letters and digits.
func relaxedVersion(b []byte) bool {
	name, version, ok := bytes.Cut(b, []byte("/"))
	if !ok || len(name) == 0 {
		return false
	}
	for _, c := range name {
		if c < 'A' || 'Z' < c {
			return false
		}
	}
	major, minor, dot := bytes.Cut(version, []byte("."))
	return all(major, digitByte) && (!dot || all(minor, digitByte))
}

// relaxedField cuts a header line whose name splitField refused.
func relaxedField(line []byte) (name, value []byte, err error) {
	n := bytes.IndexByte(line, ':')
	if n <= 0 {
		return nil, nil, errName
	}
	value = trim(line[n+1:])
	if !none(line[:n], refused) || !none(value, refused) {
		return nil, nil, errValue
	}
	return line[:n], value, nil
}
