package proxy

import (
	"bytes"
	"net"
	"net/netip"
	"path/filepath"
	"testing"
	"time"

	"tidelock/proxy/config"
	"tidelock/proxy/counter"
	"tidelock/proxy/log"
	"tidelock/proxy/logformat"
	"tidelock/proxy/message"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

var linesMeasured = []struct{ name, network, format string }{
	{"httplog to a unix socket", "unixgram", logformat.HTTP},
	{"httplog by UDP", "udp", logformat.HTTP},
	{"tcplog to a unix socket", "unixgram", logformat.TCP},
	{"tcplog by UDP", "udp", logformat.TCP},
	{"own to a unix socket", "unixgram", `%ci %[capture.req.hdr(0),lower] %{+Q}[capture.req.uri,field(2,/)] %HM %HU %ST %B %tsc %Ta %{+Q}hr %[var(txn.none)] %ID`},
}

// lineTo is a log line that is written to a socket of the test's own, time and again.
type lineTo struct {
	socket net.PacketConn
	buffer []byte
	write  func(*stream.Stream)
	stream *stream.Stream
}

func newLineTo(t testing.TB, network, text string) *lineTo {
	t.Helper()
	address := "127.0.0.1:0"
	if network == "unixgram" {
		address = filepath.Join(t.TempDir(), "log")
	}
	l := &lineTo{buffer: make([]byte, 2048)}
	var err error
	if l.socket, err = net.ListenPacket(network, address); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.socket.Close() })
	target := log.Open(log.Settings{Network: network, Address: l.socket.LocalAddr().String(), Level: log.Debug})
	t.Cleanup(target.Close)
	format, err := logformat.Compile(&sample.Compiler{Phase: sample.Log}, text, logformat.Line)
	if err != nil {
		t.Fatal(err)
	}
	l.write = logExchange(&config.Proxy{}, lineFormats{line: format, error: format},
		&log.Logger{Targets: []*log.Target{target}, Tag: "haproxy"})
	l.stream = loggedStream()
	return l
}

// loggedStream is an exchange that has come to its end.
func loggedStream() *stream.Stream {
	request := &message.Message{}
	request.SetLimit(4096)
	request.SetRequest([]byte("GET"), []byte("/a/b?c=d"))
	request.Append([]byte("host"), []byte("www.Example.com"))
	request.EndHeaders()
	p := &stream.Proxy{Name: "fe", ID: 1, Mode: stream.ModeHTTP, RequestSlots: []int{20}, Process: &counter.Process{}}
	session := &stream.Session{Frontend: p, Listener: &stream.Listener{}, Accepted: time.Now()}
	session.Client = stream.Endpoint{
		Source: netip.MustParseAddrPort("192.0.2.1:44784"), Destination: netip.MustParseAddrPort("127.0.0.1:80"),
	}
	s := &stream.Stream{
		Session: session, Frontend: p, Client: session.Client, Started: session.Accepted,
		Request: request, Response: &message.Message{},
		ReceivedMethod: request.Method(), ReceivedURI: request.URI(),
		Backend: &stream.Proxy{Name: "be"}, Server: &stream.Server{Name: "one"},
		Record: stream.NewRecord(),
	}
	s.RequestCaptures.Set(0, 20, []byte("www.Example.com"))
	s.Record.Status, s.Record.BytesOut = 200, 1234
	return s
}

// once writes the line and waits until the socket has it.
func (l *lineTo) once(t testing.TB) []byte {
	l.write(l.stream)
	type reader interface{ Read([]byte) (int, error) } // unlike ReadFrom it makes no address
	n, err := l.socket.(reader).Read(l.buffer)
	if err != nil {
		t.Fatal(err)
	}
	return l.buffer[:n]
}

// underRace is set under the race detector.
var underRace bool

// Nothing is allocated for a log line, from the record of the exchange to the socket.
func TestLogLine_Allocations(t *testing.T) {
	if underRace {
		t.Skip("pools forget at random under the race detector")
	}
	for _, tt := range linesMeasured {
		t.Run(tt.name, func(t *testing.T) {
			l := newLineTo(t, tt.network, tt.format)
			if got := l.once(t); !bytes.Contains(got, []byte("192.0.2.1")) || !bytes.HasSuffix(got, []byte("\n")) {
				t.Fatalf("got %q", got)
			}
			if n := testing.AllocsPerRun(500, func() { l.once(t) }); n > 0 {
				t.Errorf("%v allocations per line", n)
			}
		})
	}
}

func BenchmarkLogLine(b *testing.B) {
	for _, tt := range linesMeasured {
		b.Run(tt.name, func(b *testing.B) {
			l := newLineTo(b, tt.network, tt.format)
			b.ReportAllocs()
			for b.Loop() {
				l.once(b)
			}
		})
	}
}
