package sample

import (
	"bytes"
	"net/netip"
	"testing"

	"tidelock/proxy/value"
)

// HAProxy prints these lines, but for the bytes that are not shown.
func TestDebug(t *testing.T) {
	tests := []struct {
		name  string
		value value.Value
		want  string
	}{
		{"text", value.Text([]byte("a b")), "[debug] p: type=str <a b>"},
		{"number", value.Int(-5), "[debug] p: type=sint <-5>"},
		{"boolean", value.Bool(true), "[debug] p: type=bool <1>"},
		{"IPv4", value.Addr(netip.MustParseAddr("127.0.0.1")), "[debug] p: type=ipv4 <127.0.0.1>"},
		{"IPv6", value.Addr(netip.MustParseAddr("::1")), "[debug] p: type=ipv6 <::1>"},
		{"another line", value.Bytes([]byte("a\n[debug]")), "[debug] p: type=bin <a.[debug]>"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := Acquire(newStream(t, []string{"GET / HTTP/1.1"}), HTTPRequest)
			defer c.Release()
			var out bytes.Buffer
			got := debug(c, []Argument{{Text: "p"}, {Extra: &out}}, test.value)
			if out.String() != test.want || got.Kind != test.value.Kind {
				t.Errorf("wrote %q, want %q", out.String(), test.want)
			}
		})
	}
}
