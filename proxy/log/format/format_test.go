package format

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tidelock/proxy/message"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// exchange is one HTTP request from 192.0.2.1 that server b/s answered.
func exchange() *stream.Stream {
	accepted := time.Date(2026, 11, 22, 16, 2, 48, 803*int(time.Millisecond), time.UTC)
	s := &stream.Stream{
		Session: &stream.Session{
			Frontend: &stream.Proxy{Name: "x", Mode: stream.ModeHTTP},
			Client: stream.Endpoint{
				Source:      netip.MustParseAddrPort("192.0.2.1:46322"),
				Destination: netip.MustParseAddrPort("127.0.0.1:80"),
			},
			Accepted: accepted,
		},
		Backend: &stream.Proxy{Name: "b"},
		Server:  "s",
		Started: accepted.Add(2 * time.Millisecond),
		Request: &message.Message{},
		Record:  stream.NewRecord(),
	}
	s.Request.SetRequest([]byte("GET"), []byte(`/a"b?c=d`))
	s.Request.SetVersion(1, 1)
	s.Request.Add("host", []byte("example.org"))
	s.Record.Status, s.Record.BytesOut, s.Record.BytesIn = 200, 76, 120
	s.Record.Timers.Request, s.Record.Timers.Active, s.Record.Timers.Idle = 0, 3*time.Millisecond, time.Millisecond
	return s
}

func TestFormat_Append(t *testing.T) {
	tests := []struct{ name, format, want string }{
		{"http", HTTP, `192.0.2.1:46322 [22/Nov/2026:16:02:48.805] x b/s 0/-1/-1/-1/3 200 76 - - ---- 9/8/7/6/0 0/0 "GET /a#22b?c=d HTTP/1.1"`},
		{"tcp", TCP, `192.0.2.1:46322 [22/Nov/2026:16:02:48.803] x b/s -1/-1/-1 76 -- 9/8/7/6/0 0/0`},
		{"default", Default, `Connect from 192.0.2.1:46322 to 127.0.0.1:80 (x/GET)`},
		{"percent", "100%%", "100%"},
		{"expression", "%[src] <%[req.hdr(host),upper]> %[req.hdr(nope)]", "192.0.2.1 <EXAMPLE.ORG> -"},
		{"quotes for one", "%{+Q}f %f", `"x" x`},
		{"flags for all", "%{+Q}o %f %{-Q}b %s", `"x" b "s"`},
		{"hexadecimal", "%{+X}ci:%{+X}cp", "c0000201:b4f2"},
		{"escape", "%{+Q,+E}HU", `"/a\"b?c=d"`},
		{"spaces around nothing", "a %hr %hs b", "a b"},
		{"parts of the request", "%HM %HP %HPO %HQ %HU %HV", `GET /a#22b /a#22b ?c=d /a#22b?c=d HTTP/1.1`},
		{"milliseconds", "%Ts.%ms", "1795363368.803"},
		{"sums", "%Tq %Td", "1 -1"},
		{"bracket in quotes", `%[str("]")]x`, "]x"},
	}
	counters := func(*stream.Stream) Counters { return Counters{Process: 9, Frontend: 8, Backend: 7, Server: 6} }
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			f, err := Compile(tc.format, &sample.Compiler{Phase: sample.HTTPRequest}, Environment{Counters: counters})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, string(f.Append(nil, exchange()))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestCompile_Errors(t *testing.T) {
	tests := []struct{ name, format, want string }{
		{"unknown variable", "a %foo b", "no such format variable 'foo'. If you wanted to emit the '%' character verbatim, you need to use '%%'"},
		{"unknown fetch", "%[foo]", "failed to parse sample expression <foo]> : unknown fetch method 'foo'"},
		{"open bracket", "%[src", "missing ']'"},
		{"open flags", "%{+Q", "missing '}'"},
		{"unknown flag", "%{+Z}ci", "unknown flag '+Z'"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Compile(tc.format, &sample.Compiler{Phase: sample.Log}, Environment{})
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}

func TestFormat_Append_Allocations(t *testing.T) {
	f, err := Compile(HTTP, &sample.Compiler{Phase: sample.Log}, Environment{})
	if err != nil {
		t.Fatal(err)
	}
	s, buffer := exchange(), make([]byte, 0, 1024)
	f.Append(buffer, s)
	if n := testing.AllocsPerRun(100, func() { f.Append(buffer, s) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
