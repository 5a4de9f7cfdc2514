package message

import (
	"fmt"
	"strings"
	"testing"
)

// request is a message with a few headers.
func request() *Message {
	m := new(Message)
	m.SetRequest([]byte("GET"), []byte("/a/b?c=d"))
	m.Add("Host", []byte("example.org"))
	m.Add("X-A", []byte("1"))
	m.Add("x-b", []byte("2"))
	m.Add("X-a", []byte("3"))
	m.EndHeaders()
	return m
}

// text lists m's headers.
func text(m *Message) string {
	var b strings.Builder
	for i := m.First(); i >= 0; i = m.Next(i) {
		fmt.Fprintf(&b, "%s=%s ", m.Name(i), m.Value(i))
	}
	return strings.TrimSuffix(b.String(), " ")
}

func TestMessage_Headers(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Message)
		want   string
	}{
		{"as added", func(*Message) {}, "host=example.org x-a=1 x-b=2 x-a=3"},
		{"added after the end", func(m *Message) { m.Add("Late", []byte("4")) }, "host=example.org x-a=1 x-b=2 x-a=3 late=4"},
		{"set replaces all", func(m *Message) { m.Set("X-A", []byte("4")) }, "host=example.org x-b=2 x-a=4"},
		{"set adds", func(m *Message) { m.Set("X-C", []byte("4")) }, "host=example.org x-a=1 x-b=2 x-a=3 x-c=4"},
		{"delete", func(m *Message) {
			if n := m.Delete("X-A"); n != 2 {
				panic(n)
			}
		}, "host=example.org x-b=2"},
		{"delete none", func(m *Message) {
			if n := m.Delete("X"); n != 0 {
				panic(n)
			}
		}, "host=example.org x-a=1 x-b=2 x-a=3"},
		{"replace while iterating", func(m *Message) {
			for i := m.Find("x-a", -1); i >= 0; i = m.Find("X-A", i) {
				m.Replace(i, append([]byte("was "), m.Value(i)...))
			}
		}, "host=example.org x-a=was 1 x-b=2 x-a=was 3"},
		{"remove while iterating", func(m *Message) {
			for i := m.First(); i >= 0; i = m.Next(i) {
				if m.Name(i)[0] == 'x' {
					m.Remove(i)
				}
			}
		}, "host=example.org"},
		{"own value", func(m *Message) { m.Set("host", m.Value(m.Find("host", -1))) }, "x-a=1 x-b=2 x-a=3 host=example.org"},
		{"trailers are no headers", func(m *Message) { m.AddTrailer("T", []byte("u")); m.Add("y", nil) }, "host=example.org x-a=1 x-b=2 x-a=3 y="},
		{"reset", func(m *Message) { m.Reset(); m.SetResponse(200, nil); m.Add("a", []byte("b")) }, "a=b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := request()
			tt.change(m)
			if got := text(m); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
			if clone := m.Clone(); text(clone) != tt.want {
				t.Errorf("clone has %s", text(clone))
			}
			var live int
			for _, b := range m.blocks {
				live += int(b.name.len + b.value.len)
			}
			if m.Size() != live {
				t.Errorf("Size %d, want %d", m.Size(), live)
			}
		})
	}
}

func TestMessage_FindLast(t *testing.T) {
	m := request()
	i := m.FindLast("X-A", m.Blocks())
	if string(m.Value(i)) != "3" {
		t.Errorf("last is %s", m.Value(i))
	}
	if i = m.FindLast("X-A", i); string(m.Value(i)) != "1" {
		t.Errorf("last but one is %s", m.Value(i))
	}
	if i = m.FindLast("X-A", i); i != -1 {
		t.Errorf("found a third at %d", i)
	}
}

func TestMessage_Target(t *testing.T) {
	tests := []struct {
		uri, path, query  string
		setPath, setQuery string // the URI after SetPath("/p") and SetQuery("q"); empty where refused
	}{
		{"/", "/", "", "/p", "/?q"},
		{"/a?b?c", "/a", "b?c", "/p?b?c", "/a?q"},
		{"/a?", "/a", "", "/p?", "/a?q"},
		{"http://h/a?b", "/a", "b", "http://h/p?b", "http://h/a?q"},
		{"http://h", "", "", "http://h/p", "http://h?q"},
		{"http://h?b", "", "b", "http://h/p?b", "http://h?q"},
		{"*", "", "", "", ""},
		{"h:80", "", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.uri, func(t *testing.T) {
			var m Message
			m.SetRequest([]byte("GET"), []byte(tt.uri))
			query, _ := m.Query()
			if string(m.Path()) != tt.path || string(query) != tt.query {
				t.Errorf("path %q, query %q, want %q, %q", m.Path(), query, tt.path, tt.query)
			}
			if ok := m.SetPath([]byte("/p")); ok != (tt.setPath != "") || ok && string(m.URI()) != tt.setPath {
				t.Errorf("SetPath: %v, %q, want %q", ok, m.URI(), tt.setPath)
			}
			m.SetURI([]byte(tt.uri))
			if ok := m.SetQuery([]byte("q")); ok != (tt.setQuery != "") || ok && string(m.URI()) != tt.setQuery {
				t.Errorf("SetQuery: %v, %q, want %q", ok, m.URI(), tt.setQuery)
			}
			if tt.setQuery == "" {
				return
			}
			if m.SetQuery(nil); strings.Contains(string(m.URI()), "?") {
				t.Errorf("no query, but %q", m.URI())
			}
		})
	}
}

func TestMessage_Response(t *testing.T) {
	var m Message
	m.SetResponse(200, []byte("Fine"))
	m.SetBody([]byte("first"))
	m.SetBody([]byte("second"))
	m.SetStatus(404, nil)
	if m.Status() != 404 || string(m.Reason()) != "Not Found" || string(m.Body()) != "second" {
		t.Errorf("%d %s %s", m.Status(), m.Reason(), m.Body())
	}
	if m.SetMethod([]byte("GET")) || m.SetURI([]byte("/")) || m.Method() != nil || m.IsRequest() {
		t.Error("a response took a method or a URI")
	}
}

// A large body is not kept for the next use.
func TestMessage_Reset_LargeBody(t *testing.T) {
	var m Message
	m.SetResponse(200, nil)
	m.SetBody(make([]byte, 1<<20))
	m.Reset()
	if n := cap(m.arena); n > mostKept {
		t.Errorf("%d bytes kept", n)
	}
}

// What HAProxy 2.6 writes.
func TestReasonOf(t *testing.T) {
	tests := []struct {
		status int
		want   string
	}{
		{103, "Informational"}, {200, "OK"}, {299, "Success"}, {302, "Moved Temporarily"}, {399, "Redirection"},
		{418, "I'm a teapot"}, {420, "Client Error"}, {599, "Server Error"}, {600, "-"}, {99, "-"},
	}
	for _, tt := range tests {
		if got := ReasonOf(tt.status); got != tt.want {
			t.Errorf("%d: got %q, want %q", tt.status, got, tt.want)
		}
	}
}

// Nothing that a rule or a script passes can end a line early.
func TestMessage_Refuses(t *testing.T) {
	m := request()
	r := new(Message)
	r.SetResponse(200, []byte("OK"))
	before := text(m)
	tests := []struct {
		name string
		call func([]byte) bool
	}{
		{"value added", func(b []byte) bool { return m.Add("a", b) }},
		{"value set", func(b []byte) bool { return m.Set("x-a", b) }},
		{"value replaced", func(b []byte) bool { return m.Replace(m.First(), b) }},
		{"name added", func(b []byte) bool { return m.Add(string(b), nil) }},
		{"name set", func(b []byte) bool { return m.Set(string(b), nil) }},
		{"trailer", func(b []byte) bool { return m.AddTrailer("t", b) }},
		{"method", m.SetMethod},
		{"URI", m.SetURI},
		{"path", m.SetPath},
		{"query", m.SetQuery},
		{"reason", func(b []byte) bool { return r.SetStatus(200, b) }},
	}
	for _, tt := range tests {
		for _, b := range []string{"a\nb", "a\rb", "a\x00b", "a b\n"} {
			if tt.call([]byte(b)) {
				t.Errorf("%s: took %q", tt.name, b)
			}
		}
	}
	if got := text(m); got != before || string(m.URI()) != "/a/b?c=d" || string(m.Method()) != "GET" || string(r.Reason()) != "OK" {
		t.Errorf("changed to %s", got)
	}
	for _, name := range []string{"", "a b", "a:", "\xe9"} {
		if m.Add(name, nil) {
			t.Errorf("took the name %q", name)
		}
	}
}

// Beyond its limit a message refuses and stays as it was; what gives room back is counted.
func TestMessage_Limit(t *testing.T) {
	m := request()
	m.SetLimit(m.Size() + 8)
	before := text(m)
	long := []byte("123456789")
	for name, refused := range map[string]bool{
		"Add":     m.Add("z", long),
		"Set":     m.Set("x-b", []byte("1234567890")),
		"Replace": m.Replace(m.First(), []byte("12345678901234567890")),
		"SetURI":  m.SetURI([]byte("/12345678901234567890")),
	} {
		if refused {
			t.Errorf("%s went beyond the limit", name)
		}
	}
	if got := text(m); got != before {
		t.Errorf("changed to %s", got)
	}
	if !m.Set("x-b", long) || !m.SetURI([]byte("/1")) || !m.Add("y", []byte("12345")) {
		t.Error("refused what fits")
	}
}

func TestMessage_Limit_Body(t *testing.T) {
	var m Message
	m.SetLimit(100)
	m.SetResponse(200, []byte("OK"))
	m.SetBody(make([]byte, 10_000))
	if !m.Add("a", []byte("b")) {
		t.Error("a large body left no room for a header")
	}
	if m.Set("a", make([]byte, 100)) {
		t.Error("a header went beyond the limit")
	}
}

// Rewriting without end does not grow a message, and what was taken from it before stays as it was.
func TestMessage_Compaction(t *testing.T) {
	m := request()
	host := m.Value(m.First())
	for i := range 100_000 {
		m.Set("x-b", fmt.Append(nil, "value ", i))
	}
	if c := cap(m.arena); c > 1<<16 {
		t.Errorf("arena of %d bytes for %d", c, m.Size())
	}
	if string(host) != "example.org" {
		t.Errorf("host became %q", host)
	}
	if got := text(m); got != "host=example.org x-a=1 x-a=3 x-b=value 99999" {
		t.Errorf("got %s", got)
	}
}

func TestMessage_CopyFrom(t *testing.T) {
	from, to := request(), new(Message)
	to.CopyFrom(from)
	from.Set("host", []byte("other"))
	if got := text(to); got != "host=example.org x-a=1 x-b=2 x-a=3" {
		t.Errorf("got %s", got)
	}
}

func TestMessage_Allocations(t *testing.T) {
	m := new(Message)
	value := []byte("value")
	n := testing.AllocsPerRun(100, func() {
		m.Reset()
		m.SetRequest(value, value)
		m.Add("Some-Header", value)
		m.Set("another", value)
		m.Set("ANOTHER", m.Value(m.Find("Some-Header", -1)))
		m.SetPath(value)
		m.EndHeaders()
	})
	if n > 0 {
		t.Errorf("%v allocations", n)
	}
}
