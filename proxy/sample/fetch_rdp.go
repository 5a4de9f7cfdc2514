package sample

import (
	"bytes"

	"tidelock/proxy/value"
)

// rdpHeaders are the bytes before the cookie of an RDP connection request: a TPKT header and the fixed part of an X.224
// one (MS-RDPBCGR, section 2.2.1.1).
const rdpHeaders = 11

func rdpCookie(c *Context, a []Argument) value.Value {
	b, ok := findRDPCookie(c, a[0].Text)
	if !ok {
		return value.Value{}
	}
	return value.Text(b)
}

// rdpCookieCount is 1, since there cannot be a second cookie. HTTP has none.
func rdpCookieCount(c *Context, a []Argument) value.Value {
	if requestInput(c) == nil {
		return value.Int(0)
	}
	if _, ok := findRDPCookie(c, a[0].Text); !ok {
		return value.Value{}
	}
	return value.Int(1)
}

// findRDPCookie returns the value of the cookie if it has that name, in any case, or if name is empty.
func findRDPCookie(c *Context, name string) ([]byte, bool) {
	in := requestInput(c)
	if in == nil {
		return nil, false
	}
	b := c.peek(in)
	// The X.224 part counts the bytes after its first one, and is a connection request.
	if len(b) < rdpHeaders || b[0] != 3 || b[5]&0xf0 != 0xe0 {
		return nil, false
	}
	end := min(len(b), 5+int(b[4]))
	line, _, ok := bytes.Cut(b[rdpHeaders:max(end, rdpHeaders)], []byte("\r\n"))
	if !ok {
		return nil, false
	}
	pair, ok := bytes.CutPrefix(line, []byte("Cookie:"))
	if !ok {
		return nil, false
	}
	key, v, ok := bytes.Cut(bytes.TrimLeft(pair, " "), []byte("="))
	if !ok || name != "" && !bytes.EqualFold(key, []byte(name)) {
		return nil, false
	}
	return v, true
}
