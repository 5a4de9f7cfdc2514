package compression

import (
	"bytes"
	"strings"

	"tidelock/proxy/message"
	"tidelock/proxy/stream"
)

// suits reports whether a response is one to compress (manual, keyword compression).
func (c *Config) suits(s *stream.Stream) bool {
	r := s.Response
	if older(s.Request) || older(r) || string(s.Request.Method()) == "HEAD" {
		return false
	}
	switch r.Status() {
	case 200, 201, 202, 203:
	default:
		return false
	}
	return framed(r) && r.Find("content-encoding", -1) < 0 && !noTransform(r) && validTag(r) && c.takesType(r)
}

// older reports whether a message is of a version without chunked bodies.
func older(m *message.Message) bool {
	major, minor := m.Version()
	return major < 1 || major == 1 && minor < 1
}

// framed reports whether the end of the body can be told from the head: otherwise it comes by the end of a connection,
// which may mean anything. Nothing is gained with an empty one.
func framed(m *message.Message) bool {
	if i := m.Find("transfer-encoding", -1); i >= 0 {
		return strings.HasSuffix(strings.ToLower(string(m.Value(i))), "chunked")
	}
	i := m.Find("content-length", -1)
	return i >= 0 && string(m.Value(i)) != "0"
}

func noTransform(m *message.Message) bool {
	for i := m.Find("cache-control", -1); i >= 0; i = m.Find("cache-control", i) {
		for directive := range bytes.SplitSeq(m.Value(i), []byte(",")) {
			if strings.EqualFold(string(bytes.TrimSpace(directive)), "no-transform") {
				return true
			}
		}
	}
	return false
}

// validTag reports whether there is no ETag, or one that can be made weak.
func validTag(m *message.Message) bool {
	i := m.Find("etag", -1)
	if i < 0 {
		return true
	}
	tag := bytes.TrimPrefix(m.Value(i), []byte("W/"))
	return m.Find("etag", i) < 0 && len(tag) >= 2 && tag[0] == '"' && tag[len(tag)-1] == '"'
}

// takesType reports whether the content is of a type that is to be compressed.
func (c *Config) takesType(m *message.Message) bool {
	i := m.Find("content-type", -1)
	if i < 0 {
		return len(c.Types) == 0
	}
	kind := strings.ToLower(string(m.Value(i)))
	if strings.HasPrefix(kind, "multipart") {
		return false // its parts are of different types
	}
	for _, t := range c.Types {
		if strings.HasPrefix(kind, t) {
			return true
		}
	}
	return len(c.Types) == 0
}

// announce makes the head that of a compressed response. It reports false, and changes nothing, when there is no room.
func announce(m *message.Message, a *Algorithm) bool {
	if m.Find("transfer-encoding", -1) < 0 && !m.Add("transfer-encoding", []byte("chunked")) || !m.Add("vary", []byte("Accept-Encoding")) {
		return false
	}
	m.Delete("content-length")
	if i := m.Find("etag", -1); i >= 0 && !bytes.HasPrefix(m.Value(i), []byte("W/")) {
		m.Replace(i, append([]byte("W/"), m.Value(i)...))
	}
	if a.Coding != "" {
		m.Add("content-encoding", []byte(a.Coding))
	}
	return true
}
