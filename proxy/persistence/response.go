package persistence

import (
	"bytes"
	"strconv"
	"time"

	"tidelock/proxy/message"
	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// Response implements server.Cookie.
func (c *Cookie) Response(m *message.Message, by *server.Server, b server.Binding, method []byte, now time.Time) (stream.CookieDone, bool) {
	done := stream.CookieAbsent
	id := by.CookieValue()
	valid := b.Server == by && id != ""
	for i := m.Find("set-cookie", -1); i >= 0; i = m.Find("set-cookie", i) {
		value := m.Value(i)
		name, rest, found := bytes.Cut(value, []byte{'='})
		if !found || string(bytes.Trim(name, " \t")) != c.Name {
			continue
		}
		switch {
		case c.Preserve:
			done = stream.CookiePassed
		case c.Mode == Insert, c.Mode != Passive && c.Indirect && valid:
			m.Remove(i)
			done = stream.CookieDeleted
		case id == "":
			done = stream.CookiePassed
		case c.Mode == Rewrite:
			if !m.Replace(i, c.rewritten(value, rest, id, false)) {
				return done, false
			}
			done = stream.CookieRewritten
		case c.Mode == Prefix:
			if !m.Replace(i, c.rewritten(value, rest, id, true)) {
				return done, false
			}
			done = stream.CookieRewritten
		}
	}
	switch {
	case c.Mode != Insert, done == stream.CookiePassed, b.Assigned, c.PostOnly && string(method) != "POST":
		return done, true
	case !valid:
		done = stream.CookieInserted
	case c.outdated(b, now.Unix()):
		done = stream.CookieUpdated
	default:
		return done, true
	}
	return done, c.insert(m, id, b, valid, method, now)
}

// rewritten replaces or prefixes the value in a Set-Cookie header.
func (c *Cookie) rewritten(whole, rest []byte, id string, prefix bool) []byte {
	out := append([]byte{}, whole[:len(whole)-len(rest)]...)
	out = append(out, id...)
	if prefix {
		return append(append(out, '~'), rest...)
	}
	if end := bytes.IndexByte(rest, ';'); end >= 0 {
		out = append(out, rest[end:]...)
	}
	return out
}

// outdated reports whether a valid cookie is to be set again for the sake of its dates: one that should be there or should
// not, or the last one, which moves.
func (c *Cookie) outdated(b server.Binding, now int64) bool {
	return c.MaxIdle > 0 && b.LastSeen == 0 || c.MaxLife > 0 && b.FirstSet == 0 ||
		b.LastSeen != 0 && b.LastSeen <= now || b.FirstSet != 0 && c.MaxLife == 0 && b.FirstSet <= now
}

func (c *Cookie) insert(m *message.Message, id string, b server.Binding, valid bool, method []byte, now time.Time) bool {
	line := append([]byte(c.Name), '=')
	if id == "" {
		// The server takes part in no persistence: the client is to forget whom it was bound to.
		line = append(line, "; Expires=Thu, 01-Jan-1970 00:00:01 GMT"...)
	} else {
		line = append(line, id...)
		if c.MaxIdle > 0 || c.MaxLife > 0 {
			line = appendDate(append(line, '|'), now.Unix())
		}
		if c.MaxLife > 0 {
			first := now.Unix()
			if valid && b.FirstSet != 0 {
				first = b.FirstSet
			}
			line = appendDate(append(line, '|'), first)
		}
	}
	line = append(append(line, "; path=/"...), c.Attributes...)
	if !m.Add("set-cookie", line) {
		return false
	}
	if c.NoCache && cacheable(m, method) {
		return m.Add("cache-control", []byte("private"))
	}
	return true
}

// cacheable reports whether a shared cache might keep a response (RFC 9111, section 3): its status and the method allow
// it, nothing forbids it, and something says for how long or as what it is good.
func cacheable(m *message.Message, method []byte) bool {
	switch string(method) {
	case "GET", "HEAD", "OPTIONS":
	default:
		return false
	}
	switch m.Status() {
	case 200, 203, 204, 206, 300, 301, 404, 405, 410, 414, 501:
	default:
		return false
	}
	good := m.Find("expires", -1) >= 0 || m.Find("etag", -1) >= 0 || m.Find("last-modified", -1) >= 0
	for i := m.Find("cache-control", -1); i >= 0; i = m.Find("cache-control", i) {
		for directive := range bytes.SplitSeq(m.Value(i), []byte{','}) {
			name, value, _ := bytes.Cut(bytes.ToLower(bytes.TrimSpace(directive)), []byte{'='})
			switch string(name) {
			case "no-store", "private", "no-cache":
				return false
			case "max-age", "s-maxage":
				if n, err := strconv.Atoi(string(bytes.Trim(value, `"`))); err == nil && n == 0 {
					return false
				}
				good = true
			}
		}
	}
	return good && !bytes.EqualFold(header(m, "pragma"), []byte("no-cache"))
}

// header returns the value of the first header of a name, nil without one.
func header(m *message.Message, name string) []byte {
	if i := m.Find(name, -1); i >= 0 {
		return m.Value(i)
	}
	return nil
}
