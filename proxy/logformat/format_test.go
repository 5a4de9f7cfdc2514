package logformat

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"tidelock/proxy/message"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

var allBytes = func() (b []byte) {
	for c := 1; c < 256; c++ {
		b = append(b, byte(c))
	}
	return b
}()

func newStream() *stream.Stream {
	m := &message.Message{}
	m.SetRequest([]byte("GET"), []byte("/a/b?c=d"))
	m.Add("host", []byte("h"))
	m.EndHeaders()
	p := &stream.Proxy{Name: "fe", ID: 1, Mode: stream.ModeHTTP}
	s := &stream.Stream{
		ReceivedMethod: []byte("GET"), ReceivedURI: []byte("/a/b?c=d"),
		Session: &stream.Session{
			Frontend: p,
			Listener: &stream.Listener{},
			Client: stream.Endpoint{
				Source:      netip.MustParseAddrPort("127.0.0.1:44784"),
				Destination: netip.MustParseAddrPort("127.0.0.1:55235"),
			},
			Accepted: time.Date(2026, 11, 22, 16, 6, 39, 7e6, time.UTC),
		},
		Frontend: p,
		Request:  m,
		Response: &message.Message{},
		Started:  time.Date(2026, 11, 22, 16, 6, 40, 250e6, time.UTC),
		Record:   stream.NewRecord(),
	}
	s.Client = s.Session.Client
	for name, data := range map[string][]byte{"txn.a": allBytes, "txn.empty": {}, "txn.q": []byte(`a"b]c\d`)} {
		v, err := sample.Intern(name)
		if err != nil {
			panic(err)
		}
		v.Set(s, value.Text(data))
	}
	return s
}

func evaluate(t testing.TB, s *stream.Stream, text string, target Target) string {
	t.Helper()
	f, err := Compile(&sample.Compiler{Phase: sample.HTTPRequest}, text, target)
	if err != nil {
		t.Fatal(err)
	}
	c := sample.Acquire(s, sample.HTTPRequest)
	defer c.Release()
	return string(f.Eval(c))
}

// TestFormat_Eval expects what HAProxy 2.6.12 wrote into a header, and into its log, for the same formats. The times of
// the zone UTC are the machine's there.
func TestFormat_Eval(t *testing.T) {
	defer func(l *time.Location) { time.Local = l }(time.Local)
	time.Local = time.UTC
	tests := []struct{ name, format, text, line string }{
		{"literal", "a%%b", "a%b", "a%b"},
		{"spaces", "  a   b  %hr  c %hr %hs d  ", "  a   b    c   d  ", "a b c d "},
		{"missing", "%[var(txn.none)]|%{+Q}b|%[var(txn.empty)]|%ID", `|"fe"||`, `-|"fe"|-|-`},
		{"missing and quoted", `%{+Q}CC|%{+Q}ID`, `""|""`, `""|""`},
		{"quotes of numbers", `%{+Q}ci|%{+Q}cp`, `"127.0.0.1"|44784`, `"127.0.0.1"|44784`},
		{"hexadecimal", "%{+X}[int(255)]|%{+X}cp|%{+X}ci|%ci|%{+X}Ts", "255|AEF0|7F000001|127.0.0.1|6B03130F", "255|AEF0|7F000001|127.0.0.1|6B03130F"},
		{"escapes", "%{+E}[var(txn.q)]|%{+Q,+E}[var(txn.q)]", `a\"b\]c\\d|a\"b\]c\\d`, `a\"b\]c\\d|"a\"b\]c\\d"`},
		{"flags for all", "%{+Q}o %b %{-Q}f %s %ts %tsc %CC", ` "fe" fe "<NOSRV>" -- ---- ""`, `"fe" fe "<NOSRV>" -- ---- ""`},
		{"request", "%r|%HM|%HP|%HPO|%HQ|%HU|%HV", "GET /a/b?c=d HTTP/1.1|GET|/a/b|/a/b|?c=d|/a/b?c=d|HTTP/1.1",
			"GET /a/b?c=d HTTP/1.1|GET|/a/b|/a/b|?c=d|/a/b?c=d|HTTP/1.1"},
		{"dates", "%t|%T|%Tl|%tr|%trg|%Ts|%ms", "22/Nov/2026:16:06:39.007|22/Nov/2026:16:06:39 +0000|22/Nov/2026:16:06:39 +0000|22/Nov/2026:16:06:40.250|22/Nov/2026:16:06:40 +0000|1795363599|007",
			"22/Nov/2026:16:06:39.007|22/Nov/2026:16:06:39 +0000|22/Nov/2026:16:06:39 +0000|22/Nov/2026:16:06:40.250|22/Nov/2026:16:06:40 +0000|1795363599|007"},
		{"addresses", "%ci:%cp %fi:%fp %bi %sp", "127.0.0.1:44784 127.0.0.1:55235  ", "127.0.0.1:44784 127.0.0.1:55235 - -"},
		{"bracket in an argument", "%[str(a]b)]x", "a]bx", "a]bx"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newStream()
			if test.name == "hexadecimal" {
				s.Session.Accepted = time.Unix(0x6B03130F, 0)
			}
			if got := evaluate(t, s, test.format, Text); got != test.text {
				t.Errorf("text is\n%q, want\n%q", got, test.text)
			}
			if got := evaluate(t, s, test.format, Line); got != test.line {
				t.Errorf("line is\n%q, want\n%q", got, test.line)
			}
		})
	}
}

// TestFormat_Eval_Unprintable checks that no value ends a header or a log line.
func TestFormat_Eval_Unprintable(t *testing.T) {
	text := evaluate(t, newStream(), "%[var(txn.a)]", Text)
	if !strings.HasPrefix(text, "%01%02%03%04%05%06%07%08\t%0A%0B") || !strings.Contains(text, "}~%7F\x80") {
		t.Errorf("text is %q", text)
	}
	line := evaluate(t, newStream(), "%[var(txn.a)]", Line)
	if !strings.HasPrefix(line, "#01#02#03#04#05#06#07#08\t#0A#0B") || strings.ContainsAny(line, "\r\n") {
		t.Errorf("line is %q", line)
	}
	s := newStream()
	s.ReceivedURI = []byte("/\xe9\x01\"#")
	if got, want := evaluate(t, s, `%{+Q}r`, Line), `"GET /#E9#01#22#23 HTTP/1.1"`; got != want {
		t.Errorf("request line is %s, want %s", got, want)
	}
}

func TestFormat_Eval_Standard(t *testing.T) {
	defer func(l *time.Location) { time.Local = l }(time.Local)
	time.Local = time.UTC
	s := newStream()
	s.Backend = &stream.Proxy{Name: "be"}
	s.Server = &stream.Server{Name: "srv1"}
	s.Record.Status, s.Record.BytesOut = 200, 2750
	ms := time.Millisecond
	s.Record.Timers = stream.Timers{Idle: 0, Request: 10 * ms, Queue: 0, Connect: 30 * ms, Response: 69 * ms, Active: 109 * ms, Total: 109 * ms}
	s.Record.End(stream.Normal, stream.Done)
	tests := []struct{ name, format, want string }{
		{"httplog", HTTP, `127.0.0.1:44784 [22/Nov/2026:16:06:40.250] fe be/srv1 10/0/30/69/109 200 2750 - - ---- 0/0/0/0/0 0/0 "GET /a/b?c=d HTTP/1.1"`},
		{"tcplog", TCP, `127.0.0.1:44784 [22/Nov/2026:16:06:39.007] fe be/srv1 0/30/109 2750 -- 0/0/0/0/0 0/0`},
		{"default", Default, `Connect from 127.0.0.1:44784 to 127.0.0.1:55235 (fe/HTTP)`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := evaluate(t, s, test.format, Line); got != test.want {
				t.Errorf("got\n%s, want\n%s", got, test.want)
			}
		})
	}
}

func TestCompile_Errors(t *testing.T) {
	tests := []struct {
		name, format string
		offset       int
		want         string
	}{
		{"percent alone", "100% sure", 4, "use '%%' for a single '%'"},
		{"percent at the end", "100%", 4, "use '%%' for a single '%'"},
		{"unknown variable", "a%cx", 2, "no such format variable 'cx'"},
		{"flags without variable", "%{+Q} x", 5, "expected a variable"},
		{"open flags", "%{+Q", 1, "missing '}'"},
		{"open bracket", "a%[src", 6, "missing ']' after 'src'"},
		{"no expression", "a%[]", 3, "missing fetch method"},
		{"unknown fetch", "ab%[sr]", 4, "unknown fetch method 'sr'"},
		{"unknown converter", "ab%[src,lowerr]c", 8, "did you mean 'lower' maybe ?"},
		{"phase", "%[res.hdr(x)]", 2, "needs 'HTTP response headers' which is not available here"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Compile(&sample.Compiler{Phase: sample.HTTPRequest}, test.format, Text)
			e, ok := err.(*sample.Error)
			if !ok {
				t.Fatalf("error is %v, want a *sample.Error", err)
			}
			if e.Offset != test.offset || !strings.Contains(e.Text, test.want) {
				t.Errorf("error at %d: %s; want %d: %s", e.Offset, e.Text, test.offset, test.want)
			}
		})
	}
}

// FuzzCompile checks that log lines stay lines whatever a format makes of a request.
func FuzzCompile(f *testing.F) {
	for _, seed := range []string{HTTP, CLF, TCP, Default, "%{+Q,+E}o %[path,lower] %{-Q}[hdr(host)] %%", "%[str(a]", "%{", "%["} {
		f.Add(seed, "/x\n?y")
	}
	f.Fuzz(func(t *testing.T, format, uri string) {
		compiled, err := Compile(&sample.Compiler{Phase: sample.HTTPRequest}, format, Line)
		if err != nil {
			if e, ok := err.(*sample.Error); !ok || e.Offset < 0 || e.Offset > len(format) {
				t.Fatalf("error %v has no position in %q", err, format)
			}
			return
		}
		s := newStream()
		s.ReceivedURI = []byte(uri)
		c := sample.Acquire(s, sample.HTTPRequest)
		defer c.Release()
		if line := compiled.Eval(c); strings.Count(string(line), "\n") > strings.Count(format, "\n") {
			t.Fatalf("%q makes several lines: %q", format, line)
		}
	})
}

func BenchmarkFormat_Append(b *testing.B) {
	s := newStream()
	for _, test := range []struct {
		name, format string
		target       Target
	}{
		{"httplog", HTTP, Line},
		{"header", "%[hdr(host)]:%[path,lower]", Text},
	} {
		b.Run(test.name, func(b *testing.B) {
			f, err := Compile(&sample.Compiler{Phase: sample.HTTPRequest}, test.format, test.target)
			if err != nil {
				b.Fatal(err)
			}
			var line []byte
			c := sample.Acquire(s, sample.HTTPRequest)
			defer c.Release()
			b.ReportAllocs()
			for b.Loop() {
				line = f.Append(line[:0], c)
				c.Scratch.Reset()
			}
		})
	}
}
