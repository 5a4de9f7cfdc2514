package http1

import (
	"bytes"
	"errors"
	"strconv"

	"tidelock/proxy/message"
)

// ErrOverlong means that more body was written than the head announced.
var ErrOverlong = errors.New("http1: more body than announced")

// ErrShort means that less body was written than the head announced.
var ErrShort = errors.New("http1: less body than announced")

// Option is what a head says of the connection beside what the message holds.
type Option uint8

const (
	Unsaid       Option = iota // the version's default holds
	SayClose                   // Connection: close
	SayKeepAlive               // Connection: keep-alive
	PassUpgrade                // Connection: upgrade, with the message's Upgrade header
)

// WriteHead writes m's start line and headers to the buffer, with the framing and the connection option given. The
// message's own Content-Length, Transfer-Encoding and options of its Connection header give way to these, whatever rules
// made of them: what is announced is always what is sent. A body of NoBody leaves both as they are when informative is
// set, as in the response to a HEAD request.
func (c *Conn) WriteHead(m *message.Message, framing Framing, informative bool, option Option) error {
	if err := c.writeStartLine(m); err != nil {
		return err
	}
	wroteFraming := false
	for i := m.First(); i >= 0; i = m.Next(i) {
		name, value := m.Name(i), m.Value(i)
		switch string(name) {
		case "content-length":
			if informative && framing.Kind == NoBody {
				break
			}
			if framing.Kind == Length && !wroteFraming {
				wroteFraming = true
				if n, ok := parseLength(value); ok && n == framing.Length {
					break // as it came
				}
				c.writeLength(framing.Length)
			}
			continue
		case "transfer-encoding":
			if informative && framing.Kind == NoBody {
				break
			}
			if framing.Kind == Chunked && !wroteFraming {
				wroteFraming = true
				if equalFold(value, "chunked") {
					break
				}
				c.writeField([]byte("transfer-encoding"), []byte("chunked"))
			}
			continue
		case "connection":
			c.writeConnection(value, option == PassUpgrade)
			continue
		case "te":
			// Only "trailers" means anything beyond this hop (RFC 9110, section 10.1.4).
			if !m.IsRequest() {
				break
			}
			if contains(value, "trailers") {
				c.writeField(name, []byte("trailers"))
			}
			continue
		}
		c.writeField(name, value)
	}
	if !wroteFraming {
		switch framing.Kind {
		case Length:
			c.writeLength(framing.Length)
		case Chunked:
			c.writeField([]byte("transfer-encoding"), []byte("chunked"))
		}
	}
	switch option {
	case SayClose:
		c.writeField([]byte("connection"), []byte("close"))
	case SayKeepAlive:
		c.writeField([]byte("connection"), []byte("keep-alive"))
	}
	return c.WriteString("\r\n")
}

func (c *Conn) writeStartLine(m *message.Message) error {
	major, minor := m.Version()
	version := [9]byte{'H', 'T', 'T', 'P', '/', byte('0' + major), '.', byte('0' + minor), ' '}
	if m.IsRequest() {
		c.Write(m.Method())
		c.WriteByte(' ')
		c.writeTarget(m.URI())
		c.WriteByte(' ')
		c.writeBytes(version[:8])
	} else {
		c.writeBytes(version[:])
		c.writeInt(int64(m.Status()), 10)
		c.WriteByte(' ')
		c.Write(m.Reason())
	}
	return c.WriteString("\r\n")
}

// writeTarget writes a request target. White space, which only a rule can have put there, would end it early; one that a
// rule left empty means "/" (RFC 9112, section 3.2.1).
func (c *Conn) writeTarget(uri []byte) {
	if len(uri) == 0 {
		c.WriteByte('/')
	}
	for {
		i := bytes.IndexAny(uri, " \t")
		if i < 0 {
			c.Write(uri)
			return
		}
		c.Write(uri[:i])
		if uri[i] == ' ' {
			c.WriteString("%20")
		} else {
			c.WriteString("%09")
		}
		uri = uri[i+1:]
	}
}

// writeBytes is Write for bytes on the caller's stack: they are not handed to the network directly.
func (c *Conn) writeBytes(p []byte) error {
	if err := c.reserve(len(p)); err != nil {
		return err
	}
	c.n += copy(c.out.bytes[c.n:], p)
	return nil
}

func (c *Conn) writeInt(n int64, base int) error {
	if err := c.reserve(20); err != nil {
		return err
	}
	start := c.n
	c.n = len(strconv.AppendInt(c.out.bytes[:c.n], n, base))
	for i := start; i < c.n; i++ { // sizes of chunks have capital letters in HAProxy
		if digit := &c.out.bytes[i]; *digit >= 'a' {
			*digit -= 'a' - 'A'
		}
	}
	return nil
}

func (c *Conn) writeLength(n int64) {
	c.writeName([]byte("content-length"))
	c.WriteString(": ")
	c.writeInt(n, 10)
	c.WriteString("\r\n")
}

func (c *Conn) writeField(name, value []byte) error {
	c.writeName(name)
	c.WriteString(": ")
	c.Write(value)
	return c.WriteString("\r\n")
}

// writeConnection writes the options that are neither close, keep-alive nor, but for upgrade, ours to decide.
func (c *Conn) writeConnection(list []byte, upgrade bool) {
	ours := func(option []byte) bool {
		return equalFold(option, "close") || equalFold(option, "keep-alive") ||
			!upgrade && equalFold(option, "upgrade")
	}
	if !anyElement(list, ours) {
		c.writeField([]byte("connection"), list)
		return
	}
	first := true
	for len(list) > 0 {
		var option []byte
		option, list = nextElement(list)
		if ours(option) {
			continue
		}
		if first {
			c.writeName([]byte("connection"))
			c.WriteString(": ")
		} else {
			c.WriteByte(',')
		}
		first = false
		c.Write(option)
	}
	if !first {
		c.WriteString("\r\n")
	}
}

// anyElement reports whether an element of a comma-separated list is as f says.
func anyElement(list []byte, f func([]byte) bool) bool {
	for list != nil {
		var element []byte
		if element, list = nextElement(list); f(element) {
			return true
		}
	}
	return false
}

// contains reports whether a comma-separated list has the element, parameters aside.
func contains(list []byte, want string) bool {
	for len(list) > 0 {
		var element []byte
		element, list = nextElement(list)
		for i, c := range element {
			if c == ';' {
				element = trim(element[:i])
				break
			}
		}
		if equalFold(element, want) {
			return true
		}
	}
	return false
}

// BodyWriter puts a body into its framing. The zero value takes no bytes.
type BodyWriter struct {
	conn      *Conn
	framing   Framing
	remaining int64
	discard   bool
}

// Begin makes w write a body to conn. With discard the framing is counted and nothing is sent: a body that HEAD does
// without.
func (w *BodyWriter) Begin(conn *Conn, framing Framing, discard bool) {
	*w = BodyWriter{conn: conn, framing: framing, remaining: framing.Length, discard: discard}
}

// Write sends a piece of the body, buffered.
func (w *BodyWriter) Write(p []byte) (int, error) {
	if len(p) == 0 || w.discard {
		return len(p), nil
	}
	switch w.framing.Kind {
	case NoBody:
		return 0, ErrOverlong
	case Length:
		if int64(len(p)) > w.remaining {
			return 0, ErrOverlong
		}
		w.remaining -= int64(len(p))
	case Chunked:
		w.conn.writeInt(int64(len(p)), 16)
		w.conn.WriteString("\r\n")
		if _, err := w.conn.Write(p); err != nil {
			return 0, err
		}
		return len(p), w.conn.WriteString("\r\n")
	}
	return w.conn.Write(p)
}

// Close ends the body, with the trailers of m when its framing has room for them; m may be nil. It reports ErrShort when
// bytes that were announced are missing: the connection must then be closed.
func (w *BodyWriter) Close(m *message.Message) error {
	if w.discard {
		return nil
	}
	switch w.framing.Kind {
	case Length:
		if w.remaining > 0 {
			return ErrShort
		}
	case Chunked:
		w.conn.WriteString("0\r\n")
		if m != nil {
			for i := m.NextTrailer(-1); i >= 0; i = m.NextTrailer(i) {
				w.conn.writeField(m.Name(i), m.Value(i))
			}
		}
		return w.conn.WriteString("\r\n")
	}
	return nil
}
