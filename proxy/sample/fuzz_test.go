package sample

import (
	"testing"
	"time"

	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

// received is an Input with all that will come.
type received []byte

func (r received) Peek() []byte { return r }
func (r received) Final() bool  { return true }

func (r received) Await(time.Duration, int64) stream.Verdict { return stream.Continue }

// FuzzParse compiles expressions and evaluates those that are valid, over a request and over bytes of a connection.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"str(a),lower", "req.hdr(host,-1),field(2,.,0)", `str("a\"b),regsub('(.)\1',x,g)`, "int(5),add(txn.num),be2dec(:,2,1)",
		"req.payload_lv(0,2,+1),hex", "req.rdp_cookie(mstshash)", "distcc_body(ARGV,2)", "req.payload(0,0),mqtt_field_value(connect,username)",
		"req.payload(0,0),fix_tag_value(35)", "req.payload(0,0),ungrpc(1.2,int32)", "cook(a),json_query('$.a[1]','int')", "urlp(a,;),jwt_payload_query('$.x')",
		"path,language(en;fr,de)", "src,ipmask(24,64)", "date(0,ms),http_date(,us)", "internal.htx_blk.type(tail)",
	} {
		f.Add(seed, "\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00Cookie: mstshash=a\r\nDIST00000001ARGV00000002ab")
	}
	f.Fuzz(func(t *testing.T, expression, content string) {
		k := Compiler{Phase: everyPhase, Files: script.Files}
		e, _, err := k.Parse([]string{expression})
		if err != nil {
			if err, ok := err.(*Error); !ok || err.Offset > len(expression) || err.Text == "" {
				t.Errorf("the error has no place: %v", err)
			}
			return
		}
		http := newStream(t, []string{"GET /a?b=1;c=" + "x HTTP/1.1", "host: h", "cookie: a=" + "{}"})
		raw := newStream(t, []string{"GET / HTTP/1.1"})
		raw.Request, raw.Response, raw.RequestInput = nil, nil, received(content)
		for _, s := range []*stream.Stream{http, raw} {
			c := Acquire(s, HTTPRequest)
			var it Cursor
			for range 100 {
				v, done := e.Next(c, &it)
				if done {
					break
				}
				v.Cast(value.String, &c.Scratch)
			}
			c.Release()
		}
	})
}
