package sample

import (
	"net/netip"
	"strings"
	"testing"

	"tidelock/proxy/message"
	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

func TestCompiler_Parse_Errors(t *testing.T) {
	tests := []struct {
		name         string
		words        []string
		word, offset int
		want         string
	}{
		{"nothing", nil, 0, 0, "missing fetch method"},
		{"empty word", []string{""}, 0, 0, "missing fetch method"},
		{"unknown fetch", []string{"pahtq"}, 0, 0, "unknown fetch method 'pahtq'; did you mean 'pathq' maybe ?"},
		{"unknown and far from all", []string{"frobnicate"}, 0, 0, "unknown fetch method 'frobnicate'"},
		{"unknown converter", []string{"src,ipmsk(24)"}, 0, 4, "unknown converter 'ipmsk'; did you mean 'ipmask' maybe ?"},
		{"converter in a word of its own", []string{"path", "lower,uper"}, 1, 6, "unknown converter 'uper'; did you mean 'upper' maybe ?"},
		{"argument type", []string{"hdr(host,x)"}, 0, 3, "failed to parse 'x' as type 'integer' at position 2"},
		{"missing argument", []string{"str(a),field(1)"}, 0, 12, "missing arguments (got 1/2), type 'string' expected"},
		{"too many arguments", []string{"int(1,2)"}, 0, 6, "expected ')' before ',2)'"},
		{"open list", []string{"str(a"}, 0, 5, "expected ')'"},
		{"open quote", []string{"str('a)"}, 0, 7, "expected ')'"},
		{"garbage", []string{"str(a)b"}, 0, 6, "missing comma after fetch keyword 'str'"},
		{"cast", []string{"method,add(1)"}, 0, 7, "converter 'add' cannot be applied. It takes type 'sint', but the value before it has type 'meth'"},
		{"variable", []string{"int(1),add(foo.x)"}, 0, 10, "expects an integer or a variable name"},
		{"digest", []string{"path,digest(sha265)"}, 0, 11, "algorithm must be a valid OpenSSL message digest name"},
		{"regex", []string{"path,regsub([,x)"}, 0, 11, "regex '[' is invalid"},
		{"phase", []string{"res.hdr(x),lower"}, 0, 0, "extracts information from 'HTTP response headers', none of which is available here"},
		{"scripts are not loaded", []string{"lua.foo"}, 0, 0, "unknown fetch method 'lua.foo'"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			k := &Compiler{Phase: HTTPRequest}
			_, _, err := k.ParseAvailable(test.words)
			e, ok := err.(*Error)
			if !ok {
				t.Fatalf("error is %v, want an *Error", err)
			}
			if e.Word != test.word || e.Offset != test.offset || !strings.Contains(e.Text, test.want) {
				t.Errorf("error at %d.%d: %s; want %d.%d: %s", e.Word, e.Offset, e.Text, test.word, test.offset, test.want)
			}
		})
	}
}

func TestCompiler_Parse_Words(t *testing.T) {
	tests := []struct {
		name, words string
		taken       int
	}{
		{"one word", "path,lower if", 1},
		{"converters in words of their own", "path lower upper if", 3},
		{"comma at the end of a word", "path, lower if", 2},
		{"another fetch", "path hdr(x)", 1},
		{"a word that is no converter", "path ,lower", 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			k := &Compiler{Phase: HTTPRequest}
			_, n, err := k.Parse(strings.Fields(test.words))
			if err != nil || n != test.taken {
				t.Errorf("takes %d words with error %v, want %d", n, err, test.taken)
			}
		})
	}
}

// scripts is a script loader with a fetch that repeats its arguments and a converter that appends them.
type scripts struct{ stream.Scripts }

func (scripts) BindFetch(_ string, arguments []string) (func(*stream.Stream) value.Value, error) {
	v := value.Text([]byte(strings.Join(arguments, "|")))
	return func(*stream.Stream) value.Value { return v }, nil
}

func (scripts) BindConverter(_ string, arguments []string) (func(*stream.Stream, value.Value) value.Value, error) {
	return func(_ *stream.Stream, v value.Value) value.Value {
		return value.Text(append(v.AppendText(nil), strings.Join(arguments, "|")...))
	}, nil
}

func TestExpression_Eval_Scripts(t *testing.T) {
	k := &Compiler{Phase: HTTPRequest, Scripts: scripts{}}
	e, n, err := k.ParseAvailable([]string{"lua.f('a b',c),lua.k(!),upper", "lua.k()"})
	if err != nil || n != 2 {
		t.Fatalf("takes %d words, error %v", n, err)
	}
	c := Acquire(newStream(t, []string{"GET / HTTP/1.1"}), HTTPRequest)
	defer c.Release()
	if got := string(e.Eval(c).Data); got != "A B|C!" {
		t.Errorf("got %q", got)
	}
}

func TestFetch_Call(t *testing.T) {
	s := newStream(t, []string{"GET /?a=1&b=2 HTTP/1.1", "x: a,b,c"})
	text := func(x string) value.Value { return value.Text([]byte(x)) }
	tests := []struct {
		name, fetch string
		arguments   []value.Value
		want        string
	}{
		{"no arguments", "pathq", nil, "/?a=1&b=2"},
		{"string", "urlp", []value.Value{text("b")}, "2"},
		{"string and integer", "req_hdr", []value.Value{text("x"), value.Int(2)}, "b"},
		{"integer as a string", "req_hdr", []value.Value{text("x"), text("-1")}, "c"},
		{"nothing found", "req_hdr", []value.Value{text("y")}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := Acquire(s, HTTPRequest)
			defer c.Release()
			v, err := FetchNamedInLua(test.fetch).Call(c, test.arguments)
			if err != nil || string(v.AppendText(nil)) != test.want {
				t.Errorf("got %q, error %v, want %q", v.AppendText(nil), err, test.want)
			}
		})
	}
}

func TestFetch_Call_Errors(t *testing.T) {
	text := func(x string) value.Value { return value.Text([]byte(x)) }
	tests := []struct {
		name, fetch string
		arguments   []value.Value
		want        string
	}{
		{"missing", "int", nil, "fetch 'int': argument 1: expected integer, but got nothing"},
		{"wrong type", "req_hdr", []value.Value{text("x"), text("y")}, "fetch 'req.hdr': argument 2: expected integer, but got 'y'"},
		{"too many", "path", []value.Value{text("x")}, "expected no argument, but got 1"},
		{"scope", "var", []value.Value{text("foo.bar")}, "argument 1: expected variable, but got 'foo.bar': invalid variable name"},
		{"checked by the fetch", "date", []value.Value{value.Int(0), text("h")}, "expects 's', 'ms' or 'us', got 'h'"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := Acquire(newStream(t, []string{"GET / HTTP/1.1"}), HTTPRequest)
			defer c.Release()
			_, err := FetchNamedInLua(test.fetch).Call(c, test.arguments)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want %q", err, test.want)
			}
		})
	}
}

func TestConverter_Call(t *testing.T) {
	c := Acquire(newStream(t, []string{"GET / HTTP/1.1"}), HTTPRequest)
	defer c.Release()
	v, err := ConverterNamedInLua("add").Call(c, value.Text([]byte("40")), []value.Value{value.Int(2)})
	if err != nil || v.Int != 42 {
		t.Errorf("got %d, error %v", v.Int, err)
	}
	if ConverterNamedInLua("set_var") == nil {
		t.Error("set-var has no name in Lua")
	}
}

// TestRegistry checks what a row can get wrong.
func TestRegistry(t *testing.T) {
	luaNames := map[string]string{}
	for f := range Fetches() {
		if f.Phases() == 0 || f.Get == nil || f.Parameters.Required > len(f.Parameters.Types) {
			t.Errorf("row of fetch %s is not complete", f.Name)
		}
		if other, ok := luaNames[LuaName(f.Name)]; ok && (FetchNamed(other).Output != f.Output || FetchNamed(other).Source != f.Source) {
			t.Errorf("fetches %s and %s differ, but have one name in Lua", f.Name, other)
		}
		luaNames[LuaName(f.Name)] = f.Name
	}
	for k := range Converters() {
		if k.Convert == nil || k.Parameters.Required > len(k.Parameters.Types) {
			t.Errorf("row of converter %s is not complete", k.Name)
		}
	}
}

func TestResponse(t *testing.T) {
	s := newStream(t, []string{"GET / HTTP/1.1", "host: h"})
	m := &message.Message{}
	m.SetResponse(404, []byte("Not Found"))
	for _, h := range [][2]string{{"server", "s1"}, {"set-cookie", "a=1; path=/; x=9"}, {"set-cookie", "b=\"2\""}, {"x", "1,2"}} {
		m.Add(h[0], []byte(h[1]))
	}
	m.EndHeaders()
	s.Response = m
	tests := []struct{ name, expression, want string }{
		{"status", "status", "404"},
		{"direction", "hdr(server)", "s1"},
		{"header", "res.hdr(x,1)", "1"},
		{"full header", "res.fhdr(x)", "1,2"},
		{"count", "res.hdr_cnt(x)", "2"},
		{"names", "res.hdr_names", "server,set-cookie,set-cookie,x"},
		{"cookie", "res.cook(a)", "1"},
		{"attribute is no cookie", "res.cook(x)", "-"},
		{"cookies", "res.cook_cnt", "2"},
		{"version", "res.ver", "1.1"},
		{"method is kept", "method", "GET"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			k := &Compiler{Phase: HTTPResponse}
			e, _, err := k.ParseAvailable([]string{test.expression})
			if err != nil {
				t.Fatal(err)
			}
			c := Acquire(s, HTTPResponse)
			defer c.Release()
			got := "-"
			if v := e.EvalString(c); v.Valid() {
				got = string(v.Data)
			}
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestLayer4(t *testing.T) {
	k := &Compiler{Phase: TCPRequest}
	tcp := newStream(t, []string{"GET / HTTP/1.1"})
	tcp.Client = stream.Endpoint{
		Source:      netip.MustParseAddrPort("[::ffff:192.0.2.1]:4000"),
		Destination: netip.MustParseAddrPort("[2001:db8::1]:443"),
	}
	tcp.Backend, tcp.Server = &stream.Proxy{Name: "be", ID: 7}, &stream.Server{Name: "srv"}
	unix := newStream(t, []string{"GET / HTTP/1.1"})
	tests := []struct{ expression, overTCP, overUnix string }{
		{"src", "192.0.2.1", "-"},
		{"src_port", "4000", "-"},
		{"dst", "2001:db8::1", "-"},
		{"dst_port", "443", "-"},
		{"src_is_local", "0", "1"},
		{"src,ipmask(24)", "192.0.2.0", "-"},
		{"fe_name", "fe", "fe"},
		{"fe_id", "1", "1"},
		{"be_name", "be", "-"},
		{"be_id", "7", "-"},
		{"so_name", "listen", "listen"},
		{"fc_http_major", "1", "1"},
	}
	for _, test := range tests {
		t.Run(test.expression, func(t *testing.T) {
			e, _, err := k.ParseAvailable([]string{test.expression})
			if err != nil {
				t.Fatal(err)
			}
			for s, want := range map[*stream.Stream]string{tcp: test.overTCP, unix: test.overUnix} {
				c := Acquire(s, TCPRequest)
				got := "-"
				if v := e.Eval(c); v.Valid() {
					got = string(v.AppendText(nil))
				}
				c.Release()
				if got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			}
		})
	}
}

// FuzzExpression parses and evaluates whatever comes: neither may fail but with an error.
func FuzzExpression(f *testing.F) {
	for _, seed := range []string{
		"path", "hdr(host,1),lower", "str('a,b\"'),field(-1,\",\",2)", "var(txn.text),concat(a,txn.num,b)", "int(1),add(txn.num)",
		"url_param(a,;),url_dec(1)", "bin(00ff),be2hex", "str(a),word(-2,ab,0)", "src,ipmask(24,64)", "str(a),word(9223372036854775807,/)", "str(a),field(-9223372036854775808,/)", "date(0,ms),http_date(0,ms)",
		"int(-1),utime(%c %Ex %O)", "str(x),regsub('(x)','\\1\\x41',gi)", "req.cook,b64dec,hex", "method,sdbm(1)", "str(a",
	} {
		f.Add(seed, "a,\"b\",c; d=e")
	}
	f.Fuzz(func(t *testing.T, text, header string) {
		k := &Compiler{Phase: HTTPRequest}
		e, n, err := k.Parse([]string{text})
		if err != nil {
			if position, ok := err.(*Error); !ok || position.Offset < 0 || position.Offset > len(text) {
				t.Fatalf("error %v has no position in %q", err, text)
			}
			return
		}
		if n != 1 || e.String() != text {
			t.Fatalf("%q became %q", text, e)
		}
		s := newStream(t, []string{"GET /p;a=1?a=2&b HTTP/1.1"})
		s.Request.Add("host", []byte(header))
		s.Request.Add("cookie", []byte(header))
		c := Acquire(s, HTTPRequest)
		defer c.Release()
		v := e.Eval(c)
		if v.Valid() && e.Output() != value.Any && v.Kind != e.Output() {
			t.Fatalf("%q yields type %s, declared is %s", text, v.Kind, e.Output())
		}
		var it Cursor
		for range 1000 {
			if _, done := e.Next(c, &it); done {
				return
			}
		}
		t.Fatalf("%q yields samples without end", text)
	})
}

func TestExpression_Eval_Allocations(t *testing.T) {
	s := newStream(t, []string{"GET /a/b?c=d HTTP/1.1", "host: www.Example.com", "x-forwarded-for: 10.0.0.1, 10.0.0.2"})
	for _, expression := range []string{
		"path", "hdr(host)", "hdr(host),lower", "hdr(x-forwarded-for,1)", "hdr_ip(x-forwarded-for)", "urlp(c)", "base,sdbm(1)",
		"int(5),add(txn.num)", "var(txn.text),concat(-,txn.num)", "path,field(2,/)", "hdr(host),hex", "req.hdr_cnt(host)",
	} {
		t.Run(expression, func(t *testing.T) {
			k := &Compiler{Phase: HTTPRequest}
			e, _, err := k.Parse([]string{expression})
			if err != nil {
				t.Fatal(err)
			}
			mustIntern("txn.num").Set(s, value.Int(42))
			mustIntern("txn.text").Set(s, value.Text([]byte("text")))
			c := Acquire(s, HTTPRequest)
			defer c.Release()
			if n := testing.AllocsPerRun(100, func() {
				if !e.Eval(c).Valid() {
					t.Fatal("no value")
				}
				c.Scratch.Reset()
			}); n != 0 {
				t.Errorf("%v allocations, want none", n)
			}
		})
	}
}

func BenchmarkExpression_Eval(b *testing.B) {
	s := newStream(b, []string{"GET /a/b?c=d HTTP/1.1", "host: www.example.com", "user-agent: curl/7", "accept: */*"})
	for _, expression := range []string{"hdr(host)", "hdr(host),lower", "path,field(2,/)", "base32", "urlp(c)"} {
		b.Run(expression, func(b *testing.B) {
			k := &Compiler{Phase: HTTPRequest}
			e, _, err := k.Parse([]string{expression})
			if err != nil {
				b.Fatal(err)
			}
			c := Acquire(s, HTTPRequest)
			defer c.Release()
			b.ReportAllocs()
			for b.Loop() {
				e.Eval(c)
				c.Scratch.Reset()
			}
		})
	}
}
