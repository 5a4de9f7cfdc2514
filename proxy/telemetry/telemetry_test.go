package telemetry

import (
	"testing"

	"go.opentelemetry.io/otel/trace"

	"tidelock/proxy/message"
)

func Test_target(t *testing.T) {
	for _, test := range []struct{ name, uri, want string }{
		{"path", "/a?b", "/a?b"},
		{"absolute", "http://h/a?b", "/a?b"},
		{"absolute without a path", "http://h", "/"},
		{"a URL in the query", "/a?b=http://h", "/a?b=http://h"},
		{"any", "*", "*"},
		{"no UTF-8", "/\xff", "/\uFFFD"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := target([]byte(test.uri)); got != test.want {
				t.Errorf("target(%q) = %q, want %q", test.uri, got, test.want)
			}
		})
	}
}

func TestRedacted(t *testing.T) {
	for _, test := range []struct{ name, query, want string }{
		{"nothing", "a=b&c", "a=b&c"},
		{"signature", "a=b&sig=x&c", "a=b&sig=REDACTED&c"},
		{"another name", "signature=x", "signature=x"},
		{"all", "AWSAccessKeyId=1&Signature=2&X-Goog-Signature=3", "AWSAccessKeyId=REDACTED&Signature=REDACTED&X-Goog-Signature=REDACTED"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Redacted(test.query); got != test.want {
				t.Errorf("Redacted(%q) = %q, want %q", test.query, got, test.want)
			}
		})
	}
}

func Test_splitHost(t *testing.T) {
	for _, test := range []struct {
		name, header, host string
		port               int
	}{
		{"name", "a.example", "a.example", 0},
		{"port", "a.example:80", "a.example", 80},
		{"IPv6", "[::1]", "[::1]", 0},
		{"IPv6 and port", "[::1]:80", "[::1]", 80},
		{"no number", "a:b", "a:b", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			if host, port := splitHost(test.header); host != test.host || port != test.port {
				t.Errorf("splitHost(%q) = %q, %d, want %q, %d", test.header, host, port, test.host, test.port)
			}
		})
	}
}

func Test_appendTraceparent(t *testing.T) {
	c := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{0x0a, 15: 0xff}, SpanID: trace.SpanID{1, 7: 2}, TraceFlags: 3})
	const want = "00-0a0000000000000000000000000000ff-0100000000000002-01"
	if got := string(appendTraceparent(nil, c)); got != want {
		t.Errorf("appendTraceparent() = %q, want %q", got, want)
	}
}

func Test_carrier(t *testing.T) {
	m := new(message.Message)
	m.SetLimit(100)
	m.SetRequest([]byte("GET"), []byte("/"))
	m.EndHeaders()
	m.Add("baggage", []byte("a=b"))
	m.Add("baggage", []byte("c=d"))
	c := carrier{m}
	if got := c.Values("Baggage"); len(got) != 2 || got[1] != "c=d" {
		t.Errorf("Values() = %q", got)
	}
	c.Set("Baggage", "e=f")
	if got := c.Get("BAGGAGE"); got != "e=f" || len(c.Keys()) != 1 {
		t.Errorf("Get() = %q, Keys() = %q", got, c.Keys())
	}
	c.Set("traceparent", string(make([]byte, 200)))
	if got := c.Get("traceparent"); got != "" {
		t.Errorf("Get() = %q of a header for which there is no room", got)
	}
}
