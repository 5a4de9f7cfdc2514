package rule

import (
	"errors"
	"io/fs"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"tidelock/proxy/acl"
	"tidelock/proxy/message"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

const getRequest = "GET http://h.example/a/b?c=d HTTP/1.1\nhost: h.example\nx-list: a, b ,c\nx-list: d\nuser-agent: curl/7"

const okResponse = "HTTP/1.1 200 OK\ncontent-length: 2\nx-r: 1\nserver: s"

// parseMessage makes a message of a head in its text form.
func parseMessage(text string) *message.Message {
	m := &message.Message{}
	lines := strings.Split(text, "\n")
	start := strings.SplitN(lines[0], " ", 3)
	if strings.HasPrefix(text, "HTTP/") {
		m.SetResponse(int(start[1][0]-'0')*100+int(start[1][1]-'0')*10+int(start[1][2]-'0'), []byte(start[2]))
	} else {
		m.SetRequest([]byte(start[0]), []byte(start[1]))
	}
	for _, line := range lines[1:] {
		name, v, _ := strings.Cut(line, ": ")
		m.Add(name, []byte(v))
	}
	m.EndHeaders()
	return m
}

// head is the inverse of parseMessage, with the body after an empty line.
func head(m *message.Message) string {
	var b strings.Builder
	if m.IsRequest() {
		b.WriteString(string(m.Method()) + " " + string(m.URI()) + " HTTP/1.1")
	} else if m.IsResponse() {
		b.WriteString("HTTP/1.1 " + string('0'+rune(m.Status()/100)) + string('0'+rune(m.Status()/10%10)) + string('0'+rune(m.Status()%10)) + " " + string(m.Reason()))
	}
	for i := m.First(); i >= 0; i = m.Next(i) {
		b.WriteString("\n" + string(m.Name(i)) + ": " + string(m.Value(i)))
	}
	if body := m.Body(); body != nil {
		b.WriteString("\n\n" + string(body))
	}
	return b.String()
}

func newStream(set stream.RuleSet, request string) *stream.Stream {
	p := &stream.Proxy{Name: "fe", ID: 1, Mode: stream.ModeHTTP}
	s := &stream.Stream{
		Session:  &stream.Session{Frontend: p, Client: stream.Endpoint{Source: netip.MustParseAddrPort("127.0.0.1:4000")}},
		Frontend: p,
		Request:  parseMessage(request),
		Response: &message.Message{},
	}
	s.Client = s.Session.Client
	if set == stream.HTTPResponse {
		s.Response = parseMessage(okResponse)
	}
	return s
}

func compileChain(t testing.TB, set stream.RuleSet, lines string) *Chain {
	t.Helper()
	k := &Compiler{Set: set, Mode: stream.ModeHTTP, ACLs: &acl.Set{}, Samples: samples(set, nil)}
	var rules []*Rule
	for line := range strings.SplitSeq(lines, "\n") {
		r, err := k.Compile(words(line))
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		rules = append(rules, r)
	}
	return NewChain(set, rules)
}

// samples compiles what the rules of a set read.
func samples(set stream.RuleSet, scripts stream.Scripts) *sample.Compiler {
	return &sample.Compiler{Phase: sample.PhaseOf(set), Proxy: &stream.Proxy{Name: "f"}, Scripts: scripts, Files: files}
}

// files are what rules can name.
func files(name string) ([]byte, error) {
	content, ok := map[string]string{"sorry.http": "HTTP/1.0 503 Sorry\r\nContent-Type: a/b\r\n\r\nhello", "empty.http": "", "text": "x%[path]"}[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return []byte(content), nil
}

// words splits at white space that is not between single quotes.
func words(line string) (list []string) {
	for i, piece := range strings.Split(line, "'") {
		if i%2 == 1 {
			list = append(list, piece)
		} else {
			list = append(list, strings.Fields(piece)...)
		}
	}
	return list
}

// TestChain_Run expects what HAProxy 2.6.12 sent to the server, or to the client, with the same rules and messages.
func TestChain_Run(t *testing.T) {
	const req, res = stream.HTTPRequest, stream.HTTPResponse
	request := func(changes ...string) string { return strings.NewReplacer(changes...).Replace(getRequest) }
	tests := []struct {
		name    string
		set     stream.RuleSet
		rules   string
		verdict stream.Verdict
		want    string // the request after http-request rules that continue, the response after all others
	}{
		{"return", req, "return", stream.Reply, "HTTP/1.1 200 OK\ncontent-length: 0"},
		{"return status", req, "return status 201", stream.Reply, "HTTP/1.1 201 Created\ncontent-length: 0"},
		{"return string", req, "return status 200 content-type text/plain string hi", stream.Reply,
			"HTTP/1.1 200 OK\ncontent-length: 2\ncontent-type: text/plain\n\nhi"},
		{"return format and headers", req, "return status 200 content-type text/plain lf-string %[path] hdr X-A v%[src] hdr x-b b", stream.Reply,
			"HTTP/1.1 200 OK\nx-a: v127.0.0.1\nx-b: b\ncontent-length: 4\ncontent-type: text/plain\n\n/a/b"},
		{"return without content", req, "return status 204", stream.Reply, "HTTP/1.1 204 No Content\ncontent-length: 0"},
		{"return errorfile", req, "return errorfile sorry.http", stream.Reply, "HTTP/1.1 503 Sorry\ncontent-type: a/b\n\nhello"},
		{"return empty errorfile", req, "return errorfile empty.http", stream.Abort, ""},
		{"return file", req, "return content-type a/b file text", stream.Reply, "HTTP/1.1 200 OK\ncontent-length: 8\ncontent-type: a/b\n\nx%[path]"},
		{"return format file", req, "return content-type a/b lf-file text", stream.Reply,
			"HTTP/1.1 200 OK\ncontent-length: 5\ncontent-type: a/b\n\nx/a/b"},
		{"deny", req, "deny", stream.Deny, ""},
		{"deny with payload", req, "deny status 401 content-type text/plain string no hdr A b", stream.Deny,
			"HTTP/1.1 401 Unauthorized\na: b\ncontent-length: 2\ncontent-type: text/plain\n\nno"},
		{"redirect location", req, "redirect location /x", stream.Reply,
			"HTTP/1.1 302 Found\ncontent-length: 0\nlocation: /x\ncache-control: no-cache"},
		{"redirect prefix", req, "redirect prefix https://m.example code 301", stream.Reply,
			"HTTP/1.1 301 Moved Permanently\ncontent-length: 0\nlocation: https://m.example/a/b?c=d"},
		{"redirect options", req, "redirect prefix / drop-query append-slash code 308", stream.Reply,
			"HTTP/1.1 308 Permanent Redirect\ncontent-length: 0\nlocation: /a/b/"},
		{"redirect scheme", req, "redirect scheme https code 307 set-cookie A=b", stream.Reply,
			"HTTP/1.1 307 Temporary Redirect\ncontent-length: 0\nlocation: https://h.example/a/b?c=d\ncache-control: no-cache\nset-cookie: A=b; path=/;"},
		{"redirect clear-cookie", req, "redirect location /%[hdr(none)] ignore-empty clear-cookie A=", stream.Reply,
			"HTTP/1.1 302 Found\ncontent-length: 0\nlocation: /\ncache-control: no-cache\nset-cookie: A=; path=/; Max-Age=0;"},
		{"redirect ignore-empty", req, "redirect location %[hdr(none)] ignore-empty", stream.Continue, getRequest},
		{"set-path", req, "set-path /new", stream.Continue, request("/a/b", "/new")},
		{"set-pathq", req, "set-pathq /new?z", stream.Continue, request("/a/b?c=d", "/new?z")},
		{"set-query", req, "set-query q=1", stream.Continue, request("c=d", "q=1")},
		{"set-query empty", req, "set-query %[str()]", stream.Continue, request("c=d", "")},
		{"set-uri", req, "set-uri /u?v", stream.Continue, request("http://h.example/a/b?c=d", "/u?v")},
		{"set-uri absolute", req, "set-uri http://o.example/z", stream.Continue,
			request("http://h.example/a/b?c=d", "http://o.example/z", "host: h.example", "host: o.example")},
		{"set-method", req, "set-method PUT", stream.Continue, request("GET", "PUT")},
		{"set and add headers", req, "set-header X-List 'new %[path]'\nadd-header X-A 1\nadd-header X-A %[hdr(none)]\nset-header User-Agent é%[bin(0a41)]", stream.Continue,
			"GET http://h.example/a/b?c=d HTTP/1.1\nhost: h.example\nx-list: new /a/b\nx-a: 1\nx-a: \nuser-agent: é%0AA"},
		{"del-header", req, "del-header X-List\ndel-header user -m beg", stream.Continue, "GET http://h.example/a/b?c=d HTTP/1.1\nhost: h.example"},
		{"del-header end and sub", req, "del-header list -m end\ndel-header gen -m sub", stream.Continue, "GET http://h.example/a/b?c=d HTTP/1.1\nhost: h.example"},
		{"del-header regex", req, "del-header ^x-.*t$ -m reg", stream.Continue, request("x-list: a, b ,c\n", "", "x-list: d\n", "")},
		{"replace-header", req, "replace-header User-Agent curl foo", stream.Continue, request("curl/7", "foo")},
		{"replace-header groups", req, `replace-header X-List '(a), (.)' '<\1|\2|%[path]|\0|\9>'`, stream.Continue, request("a, b ,c", "<a|b|/a/b|a, b|>")},
		{"replace-value", req, `replace-value X-List '^([a-c])$' '<\1>'`, stream.Continue, request("a, b ,c", "<a>, <b> ,<c>")},
		{"replace-path", req, `replace-path /a/(.*) /\1`, stream.Continue, request("/a/b", "/b")},
		{"replace-pathq", req, `replace-pathq (.*) /foo\1`, stream.Continue, request("/a/b?c=d", "/foo/a/b?c=d")},
		{"replace-uri", req, `replace-uri ^http://(.*) https://\1`, stream.Continue, request("http:", "https:")},
		{"variables", req, "set-var(txn.a) str(x)\nset-var(txn.a,ifnotset) str(y)\nset-var-fmt(txn.b) %[var(txn.a)]-%[path]\nunset-var(txn.c)\nset-header A '%[var(txn.a)] %[var(txn.b)]'", stream.Continue,
			getRequest + "\na: x x-/a/b"},
		{"reject", req, "reject", stream.Abort, ""},
		{"conditions", req, "deny status 400 if { path /x } or { hdr(x-list) c } !{ hdr(user-agent) -m found }\nreturn status 200 if { path /x } or { hdr(x-list) c } { hdr(user-agent) -m found }", stream.Reply,
			"HTTP/1.1 200 OK\ncontent-length: 0"},
		{"allow", req, "allow\ndeny", stream.Stop, ""},
		{"set-status", res, "set-status 404", stream.Continue, "HTTP/1.1 404 Not Found\ncontent-length: 2\nx-r: 1\nserver: s"},
		{"set-status with reason", res, "set-status 503 reason 'Slow Down'\nset-header Server x\nadd-header X-R 2\ndel-header X-R -m str", stream.Continue,
			"HTTP/1.1 503 Slow Down\ncontent-length: 2\nserver: x"},
		{"return from response", res, "return status 200 content-type text/plain string hello hdr a %[res.hdr(server)]", stream.Reply,
			"HTTP/1.1 200 OK\na: s\ncontent-length: 5\ncontent-type: text/plain\n\nhello"},
		{"redirect from response", res, "redirect location /r", stream.Reply, "HTTP/1.1 302 Found\ncontent-length: 0\nlocation: /r\ncache-control: no-cache"},
		{"direction of hdr", res, "set-header x-s %[hdr(server)]", stream.Continue, okResponse + "\nx-s: s"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newStream(test.set, getRequest)
			if v := compileChain(t, test.set, test.rules).Run(s); v != test.verdict {
				t.Errorf("verdict is %d, want %d", v, test.verdict)
			}
			got := head(s.Response)
			if test.set == req && test.verdict == stream.Continue {
				got = head(s.Request)
			}
			if got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// TestChain_Run_Safe is about values that would break the syntax of a message.
func TestChain_Run_Safe(t *testing.T) {
	tests := []struct{ name, rule, want string }{
		{"line break from an expression", "set-header a %[str(x%0d%0ay:z),url_dec]", "a: x%0D%0Ay:z"},
		{"space in a path", "set-path /%[str(x%20HTTP/1.1%0d%0a),url_dec]", "/x%20HTTP/1.1%0D%0A?c=d"},
		{"method that is no token", "set-method %[str(GET%20/),url_dec]", "GET http"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newStream(stream.HTTPRequest, getRequest)
			compileChain(t, stream.HTTPRequest, test.rule).Run(s)
			if got := head(s.Request); !strings.Contains(got, test.want) {
				t.Errorf("got\n%s\nwithout %q", got, test.want)
			}
		})
	}
}

func TestCompiler_Compile_Errors(t *testing.T) {
	tests := []struct {
		name, rule string
		set        stream.RuleSet
		word       int
		want       string
	}{
		{"action", "set-headr X a", stream.HTTPRequest, 0, "but got 'set-headr'; did you mean 'set-header' maybe ?"},
		{"action of the other direction", "set-status 200", stream.HTTPRequest, 0, "but got 'set-status'"},
		{"missing parentheses", "set-var txn.a str(x)", stream.HTTPRequest, 0, "invalid or incomplete action 'set-var'. Expects 'set-var(<argument>)'"},
		{"superfluous parentheses", "deny(x)", stream.HTTPRequest, 0, "but got 'deny(x)'"},
		{"open parenthesis", "set-var(txn.a str(x)", stream.HTTPRequest, 0, "incomplete argument after action 'set-var(txn.a'"},
		{"scope", "set-var(bad.a) str(x)", stream.HTTPRequest, 0, "invalid variable name 'bad.a'"},
		{"condition of set-var", "set-var(txn.a,ifexist) str(x)", stream.HTTPRequest, 0, "did you mean 'ifexists' maybe ?"},
		{"no value", "set-header X", stream.HTTPRequest, 1, "expects exactly 2 arguments"},
		{"garbage", "set-header X a b", stream.HTTPRequest, 3, "expected 'if' or 'unless' followed by a condition, but found 'b'"},
		{"header name", "set-header X:Y a", stream.HTTPRequest, 1, "'X:Y' is not the name of a header"},
		{"fetch in format", "set-header X a%[pth]", stream.HTTPRequest, 2, "unknown fetch method 'pth'; did you mean 'path' maybe ?"},
		{"response in request", "set-header X %[res.hdr(x)]", stream.HTTPRequest, 2, "needs 'HTTP response headers' which is not available here"},
		{"status", "return status 700", stream.HTTPRequest, 2, "Unexpected status code '700'"},
		{"content type", "return string x", stream.HTTPRequest, 2, "a content type must be defined when non-empty payload is configured"},
		{"file", "return content-type a/b file nosuch", stream.HTTPRequest, 4, "error opening file 'nosuch'"},
		{"page", "return errorfile text", stream.HTTPRequest, 2, "'text': unable to parse headers (error offset: 0)"},
		{"two answers", "return errorfile sorry.http string x", stream.HTTPRequest, 3, "unexpected 'string' argument, 'errorfile' already defined"},
		{"redirect", "redirect locaton /", stream.HTTPRequest, 1, "(was 'locaton')"},
		{"redirect code", "redirect location / code 305", stream.HTTPRequest, 4, "'code': unsupported HTTP code '305'"},
		{"regex", "replace-header a ( b", stream.HTTPRequest, 2, "regex '(' is invalid"},
		{"service", "use-service foo", stream.HTTPRequest, 1, "'foo' unknown service name."},
		{"script", "lua.foo", stream.HTTPRequest, 0, "no script is loaded"},
		{"acl", "deny if nope", stream.HTTPRequest, 2, "no such ACL : 'nope'"},
		{"http action in tcp", "set-header a b", stream.TCPRequest, 0, "but got 'set-header'"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			k := &Compiler{Set: test.set, ACLs: &acl.Set{}, Samples: samples(test.set, nil)}
			_, err := k.Compile(words(test.rule))
			var e *sample.Error
			if !errors.As(err, &e) {
				t.Fatalf("error is %v, want a *sample.Error", err)
			}
			if e.Word != test.word || !strings.Contains(e.Text, test.want) {
				t.Errorf("error at word %d: %s; want %d: %s", e.Word, e.Text, test.word, test.want)
			}
		})
	}
}

func TestChain_Run_Allocations(t *testing.T) {
	for _, rules := range []string{
		"set-header x-a literal",
		"set-header x-a %[hdr(host)] if { path_beg /a }",
		"del-header x-list\nadd-header x-list 'a %[hdr(host),lower]'",
		"set-var(txn.a) hdr(host)",
		"set-path /b%[path]",
	} {
		t.Run(rules, func(t *testing.T) {
			chain := compileChain(t, stream.HTTPRequest, rules)
			s := newStream(stream.HTTPRequest, getRequest)
			pristine := s.Request.Clone()
			// The context is held, because the race detector makes pools forget.
			c := sample.Acquire(s, sample.HTTPRequest)
			defer c.Release()
			if n := testing.AllocsPerRun(200, func() {
				s.Request.CopyFrom(pristine)
				c.Scratch.Reset()
				c.Output.Reset()
				chain.run(c)
			}); n != 0 {
				t.Errorf("%v allocations, want none", n)
			}
		})
	}
}

func BenchmarkChain_Run(b *testing.B) {
	for _, rules := range []string{
		"set-header x-a literal",
		"set-header x-a %[hdr(host),lower] if { path_beg /a }",
		"return status 200 content-type text/plain string hello",
	} {
		b.Run(rules, func(b *testing.B) {
			chain := compileChain(b, stream.HTTPRequest, rules)
			s := newStream(stream.HTTPRequest, getRequest)
			pristine := s.Request.Clone()
			b.ReportAllocs()
			for b.Loop() {
				s.Request.CopyFrom(pristine)
				chain.Run(s)
			}
		})
	}
}

// scripts is a script loader that knows the action and the service "known".
type scripts struct {
	stream.Scripts
	bound []string
}

func (l *scripts) BindAction(set stream.RuleSet, name string, arguments []string) (func(*stream.Stream) stream.Verdict, error) {
	if name != "known" {
		return nil, errors.New("action 'lua." + name + "' is not registered")
	}
	l.bound = append([]string{string(set), name}, arguments...)
	return func(*stream.Stream) stream.Verdict { return stream.Stop }, nil
}

func (l *scripts) BindService(mode stream.Mode, name string) (stream.Service, error) {
	if name != "known" {
		return nil, errors.New("service 'lua." + name + "' is not registered")
	}
	return service{}, nil
}

type service struct{ stream.Service }

func TestCompiler_Compile_Scripts(t *testing.T) {
	l := &scripts{}
	k := &Compiler{Set: stream.HTTPRequest, Mode: stream.ModeHTTP, ACLs: &acl.Set{}, Samples: samples(stream.HTTPRequest, l)}
	action, err := k.Compile(words("lua.known a 'b c' if TRUE"))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"http-request", "known", "a", "b c"}; !slices.Equal(l.bound, want) {
		t.Errorf("bound with %q, want %q", l.bound, want)
	}
	serve, err := k.Compile(words("use-service lua.known"))
	if err != nil {
		t.Fatal(err)
	}
	s := newStream(stream.HTTPRequest, getRequest)
	if v := NewChain(stream.HTTPRequest, []*Rule{action, serve}).Run(s); v != stream.Stop || s.Service != nil {
		t.Errorf("the action's verdict is %d, service is %v", v, s.Service)
	}
	if v := NewChain(stream.HTTPRequest, []*Rule{serve}).Run(s); v != stream.Stop || s.Service == nil {
		t.Errorf("the verdict of use-service is %d, service is %v", v, s.Service)
	}
	for _, set := range []stream.RuleSet{stream.HTTPAfterResponse, stream.TCPRequest} {
		k := &Compiler{Set: set, Mode: stream.ModeHTTP, ACLs: &acl.Set{}, Samples: samples(set, l)}
		line := "use-service lua.known"
		if set == stream.HTTPAfterResponse {
			line = "lua.known a 'b c'"
		}
		if _, err := k.Compile(words(line)); err == nil {
			t.Errorf("%s %s compiled", set, line)
		}
	}
	for _, line := range []string{"lua.other x", "use-service lua.other"} {
		if _, err := k.Compile(words(line)); err == nil || !strings.Contains(err.Error(), "is not registered") {
			t.Errorf("%s: error is %v", line, err)
		}
	}
}

func TestCompiler_Compile_WaitForBody(t *testing.T) {
	tests := []struct {
		name, arguments string
		timeout         time.Duration
		atLeast         int64
		want            string
	}{
		{"milliseconds", "time 200", 200 * time.Millisecond, 0, ""},
		{"units", "time 2s at-least 1k", 2 * time.Second, 1024, ""},
		{"no time", "at-least 5", 0, 0, "expects time <time>"},
		{"bad time", "time x", 0, 0, "invalid argument 'x' for 'time'"},
		{"overflow", "time 9223372036854775807d", 0, 0, "invalid argument"},
		{"unknown argument", "for 5s", 0, 0, "expects time <time> [ at-least <bytes> ]"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			k := &Compiler{Set: stream.HTTPRequest, ACLs: &acl.Set{}, Samples: samples(stream.HTTPRequest, nil)}
			r, err := k.Compile(words("wait-for-body " + test.arguments))
			if test.want != "" {
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("error is %v, want %q", err, test.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			s := newStream(stream.HTTPRequest, getRequest)
			input := &awaited{}
			s.RequestInput = input
			NewChain(stream.HTTPRequest, []*Rule{r}).Run(s)
			if input.timeout != test.timeout || input.atLeast != test.atLeast {
				t.Errorf("waits %s for %d bytes, want %s and %d", input.timeout, input.atLeast, test.timeout, test.atLeast)
			}
		})
	}
}

// awaited is an input of which somebody awaits something.
type awaited struct {
	timeout time.Duration
	atLeast int64
}

func (*awaited) Peek() []byte { return nil }
func (*awaited) Final() bool  { return true }
func (a *awaited) Await(timeout time.Duration, atLeast int64) stream.Verdict {
	a.timeout, a.atLeast = timeout, atLeast
	return stream.Continue
}
