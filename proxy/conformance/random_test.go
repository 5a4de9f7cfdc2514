package conformance

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

var (
	randomCount = flag.Int("random", 40, "how many random requests TestRandom sends for each of its lists")
	randomSeed  = flag.Uint64("seed", 1, "what TestRandom's requests are made from")
)

// fetched and converted are what TestRandom evaluates. Fetches that read a number from any text are missing: HAProxy takes
// characters that are no digits for some, and as base64url it decodes padding.
var (
	fetched = []string{
		"method", "path", "pathq", "url", "query", "base", "baseq", "base32", "url32", "url_ip", "url_port", "req.ver", "capture.req.uri",
		"url_param", "url_param(a)", "url_param(b)", "urlp(a,;)", "req.hdr(x)", "req.fhdr(x)", "req.hdr(x,1)", "req.hdr(x,-1)", "req.hdr(x,2)",
		"req.fhdr(x,-2)", "req.fhdr_cnt(x)", "req.hdr_cnt(x)", "req.hdr_cnt", "req.hdr_ip(x)", "req.hdr_names", "req.hdrs,length",
		"req.cook", "req.cook(c)", "req.cook(d)", "req.cook_cnt", "req.cook_cnt(c)", "req.body", "req.body_len", "req.body_size",
		"req.body_param(a)", "hdr(host)", "req.hdr(host),host_only", "req.hdr(host),port_only", "http_auth_type", "http_auth_user",
		"http_auth_pass", "http_auth_bearer", "http_auth(known)", "path,url_dec", "query,url_dec(1)", "req.hdr(x),field(1,\\,)",
		"req.hdr(accept),language(fr;en,*)", "fc_http_major", "src",
	}
	converted = []string{
		"mul(3)", "div(2)", "div(-3)", "mod(7)", "mod(-3)", "neg", "not", "bool", "even", "odd", "cpl", "and(255)", "or(16)", "xor(1234)",
		"b64dec,hex", "base64", "ub64enc", "hex", "hex2i", "bytes(1)", "bytes(2,3)", "bytes(0,100)", "crc32", "crc32(1)",
		"crc32c", "djb2", "djb2(1)", "sdbm", "sdbm(1)", "xxh32", "xxh32(7)", "xxh64(9)", "xxh3(5)", "sha1,hex", "sha2(384),hex",
		"digest(sha256),hex", "hmac(sha256,a2V5),hex", "length", "lower", "upper", "strcmp(txn.n)", "rtrim(ab)", "ltrim(ab)",
		"field(1,:)", "field(2,.)", "field(-1,.)", "field(2,.,0)", "field(-2,.,1)", "word(1,.)", "word(-1,.)", "word(1,.,2)", "word(-1,.,2)",
		"json", "json(ascii)", "json(utf8)", "json(utf8s)", "json(utf8p)", "json(utf8ps)", "url_dec", "url_dec(1)", "url_enc",
		"regsub(a,b)", "regsub([a-c]+,<x>,gi)", "ipmask(24,64)", "ipmask(255.255.0.0)", "json_query('\\$.a')", "json_query('\\$.a','int')",
		"json_query('\\$.b[0]')", "jwt_header_query('\\$.alg')", "jwt_payload_query('\\$.iss')", "htonl,hex", "concat(<,txn.n,>)",
		"secure_memcmp(txn.n)", "be2dec(:,4)", "be2hex(:,3,1)", "host_only", "iif(yes,no)", "language(fr;en)", "cut_crlf",
	}
)

// TestRandom sends the same random requests to both programs, which evaluate the same expressions and answer with the values.
func TestRandom(t *testing.T) {
	if testing.Short() {
		t.Skip("compares with HAProxy")
	}
	for _, tt := range []struct {
		name, before string
		expressions  []string
		request      func(*rand.Rand) string
	}{
		{"fetches", "", fetched, randomRequest},
		{"converters", "req.fhdr(x),", converted, randomHeader},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(*randomSeed, 0))
			var script strings.Builder
			for i := range *randomCount {
				fmt.Fprintf(&script, "c%d connect ${fe}\nc%d send %q\nc%d receive\n", i, i, tt.request(random), i)
			}
			c, err := parseCase(tt.name, []byte(randomCase(tt.before, tt.expressions)+"-- script --\n"+script.String()))
			if err != nil {
				t.Fatal(err)
			}
			expected, got := play(t, c, haproxy), play(t, c, tidelock)
			if expected != got {
				t.Errorf("with -seed %d:\n%s", *randomSeed, compare("HAProxy", expected, "Tidelock", got))
			}
			if n := strings.Count(expected, "HTTP/1.1 200 OK"); n < *randomCount/2 {
				t.Errorf("%d requests of %d were good ones", n, *randomCount)
			}
		})
	}
}

// randomCase returns a case without its script. A line of a configuration has its bounds: each value is a variable first.
func randomCase(before string, expressions []string) string {
	var rules, body strings.Builder
	for i, e := range expressions {
		fmt.Fprintf(&rules, "    http-request set-var-fmt(txn.v%d) \"%%[%s%s]\"\n", i, before, e)
		fmt.Fprintf(&body, "%d=%%[var(txn.v%d)]\\n", i, i)
	}
	return "Random requests.\n-- haproxy.cfg --\n" + `defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
userlist known
    user joe insecure-password secret
frontend web
    bind ${fe}
    option http-buffer-request
    http-request set-var(txn.n) str(5)
` + rules.String() + "    http-request return status 200 content-type text/plain lf-string \"" + body.String() + "\"\n"
}

func pick(random *rand.Rand, from ...string) string { return from[random.IntN(len(from))] }

// several joins up to most texts.
func several(random *rand.Rand, most int, from ...string) string {
	var all strings.Builder
	for range random.IntN(most + 1) {
		all.WriteString(pick(random, from...))
	}
	return all.String()
}

// randomRequest returns a request whose parts are odd, though most of them are allowed.
func randomRequest(random *rand.Rand) string {
	pieces := []string{
		"a=1", "b=2", "a=", "=1", "a", "&", "a=%41", ";a=3", "?", "/", "..", ".", "%2F", "%", "%zz", "//", ":", "@", "+", "~", "!", "(", "=", ",",
		"a=x&a=y", "A=9", "|",
	}
	target := "/" + several(random, 5, pieces...)
	if random.IntN(2) == 0 {
		target += "?" + several(random, 4, pieces...)
	}
	method := pick(random, "GET", "GET", "GET", "POST", "OPTIONS", "FOO")
	host := pick(random, "h.example", "h.example:8080", "H.Example", "192.0.2.1:81", "[::1]:9", "[::1]", "h.example:80")
	switch random.IntN(8) {
	case 0:
		target = pick(random, "http://", "https://") + host + target
	case 1:
		target = pick(random, "*", "http://"+host)
	}
	lines := []string{method + " " + target + " HTTP/1." + pick(random, "1", "1", "0"), "Host: " + host}
	for range random.IntN(5) {
		lines = append(lines, pick(random, "X", "x", "Cookie", "cookie", "Authorization", "Accept")+":"+pick(random, "", " ", "\t")+
			pick(random, "a", "a,b", "a, b , c", `"a,b",c`, "", ",", ",,a", "c=1", "c=1; d=2", "c=1;c=2", `c="x y"; d=3`, "c = 1 ; d= 2", "c; d=4", "c=;d",
				"Basic am9lOnNlY3JldA==", "basic am9lOng=", "Basic x", "Bearer abc", "12", "192.0.2.1", "192.0.2.1:5", "fr;q=0.3, en;q=0.9", "d=%41", "a\tb")+
			pick(random, "", " ", "\t "))
	}
	body := ""
	if method == "POST" {
		body = pick(random, "", "a=5&b=6", "x;a=7", "a?b")
		switch {
		case body != "" && random.IntN(2) == 0 && strings.HasSuffix(lines[0], "1.1"):
			lines = append(lines, "Transfer-Encoding: chunked")
			body = fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(body), body)
		default:
			lines = append(lines, fmt.Sprintf("Content-Length: %d", len(body)))
		}
	}
	return strings.Join(lines, "\r\n") + "\r\n\r\n" + body
}

// randomHeader returns a request with a header that converters have to work with.
func randomHeader(random *rand.Rand) string {
	text := pick(random, "1", "0", "007", "12345678901", "4294967296", "192.0.2.1", "192.0.2.1:80", "::1", "2001:db8::1", "a.b.c.d", "..a..b..", "a:b:c",
		"a=1&b=2", "a=1;b=2", "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UifQ.x", `{"a":1,"b":[2]}`, `{"a":"x\u00e9y"}`, `{"a":1.5e3}`, `{"a":true}`,
		"aGVsbG8", "a-_b", "%41%2b+%zz%4", "caf\xc3\xa9", "\xff\xfe", "\xed\xa0\x80", "\xf0\x9f\x98\x80", "deadBEEF", "ABCabc", `"quoted\"`, "it's",
		"for=192.0.2.1;host=x", "for=\"[::1]\";proto=http", "true", "abab.ab", "fr;q=0.5,en")
	if random.IntN(2) == 0 {
		text = "z" + several(random, 11, "a", "b", "c", ".", ":", "1", "9", "%", "=", "+", "/", `"`, `\`, "\xc3\xa9", "\xff", "\xe2\x82\xac", "{", "}",
			",", ";", "&", "\t", " ", "A", "F", "[", "<")
	}
	return "GET / HTTP/1.1\r\nHost: x\r\nx: " + text + "\r\n\r\n"
}
