package acl

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tidelock/proxy/sample"
)

func TestSet_Condition_Errors(t *testing.T) {
	tests := []struct {
		name, condition string
		word, offset    int
		want            string
	}{
		{"no keyword", "nope", 0, 0, "expected 'if' or 'unless'"},
		{"unknown name", "if TRUE METH_GTE", 2, 0, "no such ACL : 'METH_GTE'; did you mean 'METH_GET' maybe ?"},
		{"nothing to negate", "if TRUE !", 2, 0, "expected an ACL after '!'"},
		{"nothing before or", "if or TRUE", 1, 0, "expected an ACL before 'or'"},
		{"nothing after or", "if TRUE ||", 2, 0, "expected an ACL after '||'"},
		{"open brace", "if TRUE { path /a", 2, 0, "missing closing '}'"},
		{"empty braces", "if { }", 2, 0, "missing fetch method"},
		{"unknown fetch", "if TRUE || { hdrr(x) a }", 4, 0, "unknown fetch method 'hdrr'; did you mean 'hdr' maybe ?"},
		{"unknown converter", "if { path,lowr a }", 2, 5, "unknown converter 'lowr'; did you mean 'lower' maybe ?"},
		{"unknown method", "if { path -m begg /a }", 4, 0, "unknown matching method 'begg' when parsing ACL expression"},
		{"unknown flag", "if { path -z /a }", 3, 0, "'-z' is not a valid ACL option. Please use '--' before any pattern beginning with a '-'"},
		{"method is needed", "if { req.body aa }", 2, 0, "matching method must be specified first (using '-m') when using a sample fetch of this type ('req.body')"},
		{"number", "if { src_port 5 6x }", 4, 0, "'6x' is not a number"},
		{"range", "if { src_port 5:3 }", 3, 0, "'5:3' is not a valid number range"},
		{"network", "if { src 1.2.3.4/33 }", 3, 0, "'1.2.3.4/33' is not a valid IPv4 or IPv6 address"},
		{"regex", "if { path_reg a ( }", 4, 0, "regex '(' is invalid"},
		{"operator", "if { src_port gt 9223372036854775807 }", 4, 0, "no number is beyond that one"},
		{"hexadecimal digits", "if { path -m bin 61 6 }", 6, 0, "an even number of hex digit is expected"},
		{"method behind a file", "if { path -f /dev/null -m beg }", 5, 0, "'-m' must only be specified before patterns and files"},
		{"number of the set", "if { path -u x }", 4, 0, "the argument of -u must be an integer"},
		{"file", "if { path -f /nonexistent/file }", 4, 0, "failed to open pattern file </nonexistent/file>"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := (&Set{}).Condition(&sample.Compiler{Phase: sample.HTTPRequest}, strings.Fields(test.condition))
			e, ok := err.(*sample.Error)
			if !ok {
				t.Fatalf("error is %v, want a *sample.Error", err)
			}
			if e.Word != test.word || e.Offset != test.offset || !strings.Contains(e.Text, test.want) {
				t.Errorf("error at %d.%d: %s; want %d.%d: %s", e.Word, e.Offset, e.Text, test.word, test.offset, test.want)
			}
		})
	}
}

func TestSet_Condition_Warnings(t *testing.T) {
	tests := []struct{ name, condition, want string }{
		{"other phase", "if { status 200 }", "anonymous acl will never match because it uses keyword 'status' which is incompatible with 'frontend http-request header rule'"},
		{"no pattern", "if { path }", "parsing acl keyword 'path' :\n  no pattern to match against were provided"},
		{"none", "if { path -- }", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := ""
			k := &sample.Compiler{Phase: sample.HTTPRequest, Warn: func(text string) { got += text }}
			if _, err := (&Set{}).Condition(k, strings.Fields(test.condition)); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(got, test.want) || test.want == "" && got != "" {
				t.Errorf("warning is %q, want %q", got, test.want)
			}
		})
	}
}

func TestSet_Add_PatternFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "paths")
	if err := os.WriteFile(name, []byte("# comment\n\n  /with leading\n/b\n #hash\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, uri string
		flags     []string
		want      string
	}{
		{"line", "/b", nil, "true"},
		{"leading space is stripped", "/with leading", nil, "true"},
		{"comment", "# comment", nil, "false"},
		{"escaped comment", "#hash", nil, "true"},
		{"case", "/B", nil, "false"},
		{"ignored case", "/B", []string{"-i"}, "true"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			k := &sample.Compiler{Phase: sample.HTTPRequest}
			acls := &Set{}
			declaration := append([]string{"a", "url"}, append(test.flags, "-f", name)...)
			if err := acls.Add(k, declaration); err != nil {
				t.Fatal(err)
			}
			d, err := acls.Condition(k, []string{"if", "a"})
			if err != nil {
				t.Fatal(err)
			}
			s := newStream([]string{"GET / HTTP/1.1"})
			s.Request.SetURI([]byte(test.uri))
			c := sample.Acquire(s, sample.HTTPRequest)
			defer c.Release()
			if got := d.Holds(c); got != (test.want == "true") {
				t.Errorf("condition is %t, want %s", got, test.want)
			}
		})
	}
}

// FuzzCondition compiles and decides whatever comes: neither may fail but with an error.
func FuzzCondition(f *testing.F) {
	for _, seed := range []string{
		"TRUE or !METH_GET FALSE", "{ path_dom -i . a }", "{ hdr_dir(host) / // }", "{ src_port gt 5:10 lt 3 }",
		"{ hdr_ip(x) 10/8 ::/0 1.2.3.4/255.255.0.0 }", "{ url_reg -i ^a(b|c)*$ }", "{ str(ab) -m bin 6162 }", "{ path -m len : }",
	} {
		f.Add(seed, "/a.b//c")
	}
	f.Fuzz(func(t *testing.T, condition, uri string) {
		words := append([]string{"if"}, strings.Fields(condition)...)
		if strings.Contains(condition, "-f") {
			return // no files
		}
		d, err := (&Set{}).Condition(&sample.Compiler{Phase: sample.HTTPRequest}, words)
		if err != nil {
			if e, ok := err.(*sample.Error); !ok || e.Word < 0 || e.Word >= len(words) || e.Offset > len(words[e.Word]) {
				t.Fatalf("error %v has no position in %q", err, words)
			}
			return
		}
		s := newStream([]string{"GET / HTTP/1.1"})
		s.Request.SetURI([]byte(uri))
		s.Request.Add("host", []byte(uri))
		c := sample.Acquire(s, sample.HTTPRequest)
		defer c.Release()
		d.Holds(c)
	})
}

func BenchmarkCondition_Holds(b *testing.B) {
	s := newStream([]string{"GET /static/a.png HTTP/1.1", "host: www.example.com", "x-forwarded-for: 10.0.0.1, 192.168.3.4"})
	for _, test := range []struct{ name, condition string }{
		{"one prefix", "if { path_beg /static }"},
		{"two prefixes, ignoring case", "if { path_beg -i /IMG /STATIC }"},
		{"header of three", "if { hdr(host) a.example b.example www.example.com }"},
		{"network", "if { hdr_ip(x-forwarded-for) 192.168.0.0/16 }"},
		{"regex", "if { path_reg ^/static/.*[.]png$ }"},
	} {
		b.Run(test.name, func(b *testing.B) {
			d, err := (&Set{}).Condition(&sample.Compiler{Phase: sample.HTTPRequest}, strings.Fields(test.condition))
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				c := sample.Acquire(s, sample.HTTPRequest)
				if !d.Holds(c) {
					b.Fatal("the condition does not hold")
				}
				c.Release()
			}
		})
	}
}
