package rule

import (
	"bytes"

	"tidelock/proxy/message"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// uriPartOf is a part of the request target that rules read and change.
type uriPartOf struct {
	get func(m *message.Message) (part []byte, ok bool)
	set func(m *message.Message, part []byte) bool
}

var (
	uriPart       = uriPartOf{func(m *message.Message) ([]byte, bool) { return m.URI(), true }, SetURI}
	pathQueryPart = uriPartOf{(*message.Message).PathQuery, setPathQuery}
	pathPart      = uriPartOf{path, SetPath}
	queryPart     = uriPartOf{(*message.Message).Query, SetQuery}
)

// change sets the part. White space and control characters in it are encoded: they would end the request target, and
// what follows them would be read as the rest of the request line.
func (u uriPartOf) change(m *message.Message, part []byte) bool {
	if bytes.ContainsFunc(part, endsURI) {
		part = encodeURI(part)
	}
	return u.set(m, part)
}

func endsURI(r rune) bool { return r <= ' ' || r == 0x7f }

func encodeURI(b []byte) []byte {
	const digits = "0123456789ABCDEF"
	out := make([]byte, 0, len(b)+8)
	for _, c := range b {
		if endsURI(rune(c)) {
			out = append(out, '%', digits[c>>4], digits[c&15])
		} else {
			out = append(out, c)
		}
	}
	return out
}

func path(m *message.Message) ([]byte, bool) {
	b, ok := m.PathQuery()
	b, _, _ = bytes.Cut(b, []byte("?"))
	return b, ok
}

// SetPath replaces a target without a path, such as "*", as a whole.
func SetPath(m *message.Message, b []byte) bool {
	if _, ok := m.PathQuery(); !ok {
		return m.SetURI(b)
	}
	return m.SetPath(b)
}

func setPathQuery(m *message.Message, b []byte) bool {
	old, ok := m.PathQuery()
	if !ok {
		return m.SetURI(b)
	}
	uri := m.URI()
	return m.SetURI(append(append(make([]byte, 0, len(uri)+len(b)), uri[:len(uri)-len(old)]...), b...))
}

// SetQuery keeps the question mark that is there even when nothing follows it any more.
func SetQuery(m *message.Message, b []byte) bool {
	old, ok := m.Query()
	uri := m.URI()
	if !ok {
		if len(b) == 0 {
			return true
		}
		return m.SetQuery(b)
	}
	return m.SetURI(append(append(make([]byte, 0, len(uri)+len(b)), uri[:len(uri)-len(old)]...), b...))
}

// SetURI makes the Host header follow the authority of an absolute target, with which it has to agree (RFC 9112,
// section 3.2.2).
func SetURI(m *message.Message, b []byte) bool {
	if len(b) == 0 || !m.SetURI(b) {
		return false
	}
	_, rest, ok := bytes.Cut(b, []byte("://"))
	if !ok || b[0] == '/' {
		return true
	}
	if end := bytes.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	host := rest[bytes.IndexByte(rest, '@')+1:]
	i := m.Find("host", -1)
	return i < 0 || m.Replace(i, host)
}

// set-path|set-pathq|set-query|set-uri <fmt>
func setURI(part uriPartOf) row {
	return func(p *parser) (action, error) {
		if !p.more() {
			return nil, exactly(1, "argument <format>")
		}
		f, err := p.headerValue()
		if err != nil {
			return nil, err
		}
		return func(c *sample.Context) stream.Verdict {
			return verdict(part.change(c.Stream.Request, f.Eval(c)))
		}, nil
	}
}

// set-method <fmt>
func setMethod(p *parser) (action, error) {
	if !p.more() {
		return nil, exactly(1, "argument <format>")
	}
	f, err := p.format("a method")
	if err != nil {
		return nil, err
	}
	return func(c *sample.Context) stream.Verdict {
		method := f.Eval(c)
		return verdict(isToken(string(method)) && c.Stream.Request.SetMethod(method))
	}, nil
}
