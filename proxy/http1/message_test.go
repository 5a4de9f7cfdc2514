package http1

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"tidelock/proxy/message"
)

// transcript reads a request with its body and returns what was understood, as text.
func transcript(c *Conn) (string, error) {
	var m message.Message
	var h Head
	var b Body
	if err := c.ReadRequest(&m, &h); err != nil {
		return "", err
	}
	b.Begin(c, h.Body, &m, nil)
	body, err := io.ReadAll(&b)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	major, minor := m.Version()
	fmt.Fprintf(&out, "%s|%s|%d.%d", m.Method(), m.URI(), major, minor)
	for i := m.First(); i >= 0; i = m.Next(i) {
		fmt.Fprintf(&out, "|%s=%s", m.Name(i), m.Value(i))
	}
	fmt.Fprintf(&out, "|%v %v %v|%s", h.Body.Kind, h.KeepAlive, h.Upgrade, body)
	for i := m.NextTrailer(-1); i >= 0; i = m.NextTrailer(i) {
		fmt.Fprintf(&out, "|%s=%s", m.Name(i), m.Value(i))
	}
	return out.String(), nil
}

// However the network cuts the input, it means the same.
func TestConn_ReadRequest(t *testing.T) {
	tests := []struct{ name, input, want string }{
		{"plain", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET|/|1.1|host=a|0 true false|"},
		{"folded at the end", "GET / HTTP/1.1\r\nA: b\r\n c\r\n  d\n\r\n", "GET|/|1.1|a=b   c    d|0 true false|"},
		{"fold of white space", "GET / HTTP/1.1\r\nA: b\r\n  \r\n\r\n", "GET|/|1.1|a=b|0 true false|"},
		{"closes", "GET / HTTP/1.1\r\nConnection: a, Close\r\n\r\n", "GET|/|1.1|connection=a|0 false false|"},
		{"old", "GET / HTTP/1.0\r\n\r\n", "GET|/|1.0|0 false false|"},
		{"old but kept", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "GET|/|1.0|0 true false|"},
		{"upgrade", "GET / HTTP/1.1\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n", "GET|/|1.1|upgrade=x|connection=Upgrade|0 true true|"},
		{"upgrade beside a body", "GET / HTTP/1.1\r\nUpgrade: x\r\nConnection: Upgrade\r\nContent-Length: 1\r\n\r\na",
			"GET|/|1.1|upgrade=x|connection=Upgrade|content-length=1|1 true false|a"},
		{"WebSocket", "GET / HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: a\r\n\r\n",
			"GET|/|1.1|upgrade=WebSocket|connection=Upgrade|sec-websocket-key=a|0 true true|"},
		{"CONNECT", "CONNECT a:1 HTTP/1.1\r\n\r\nabc", "CONNECT|a:1|1.1|0 true false|"},
		{"CONNECT with a length", "CONNECT a:1 HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", "CONNECT|a:1|1.1|content-length=3|0 false false|"},
		{"length", "PUT / HTTP/1.1\r\nContent-Length: 003\r\n\r\nabcdef", "PUT|/|1.1|content-length=003|1 true false|abc"},
		{"chunked", "PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n00a ;b\r\n0123456789\r\n1\r\nx\r\n0\r\nT: u\r\n\r\nGET",
			"PUT|/|1.1|transfer-encoding=chunked|2 true false|0123456789x|t=u"},
		{"empty list elements", "PUT / HTTP/1.1\r\nTransfer-Encoding: , chunked,\r\n\r\n0\r\n\r\n", "PUT|/|1.1|transfer-encoding=, chunked,|2 true false|"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, piece := range []int{0, 1, 2, 3, 7} {
				got, err := transcript(reading(tt.input, piece))
				if err != nil || got != tt.want {
					t.Errorf("in pieces of %d: %q, %v, want %q", piece, got, err, tt.want)
				}
			}
		})
	}
}

func TestConn_ReadRequest_Errors(t *testing.T) {
	tests := []struct {
		name, input string
		want        error
	}{
		{"nothing", "", io.EOF},
		{"only empty lines", "\r\n\r\n\n", io.EOF},
		{"cut in the start line", "GET / HT", io.EOF},
		{"cut in a header", "GET / HTTP/1.1\r\nA", io.EOF},
		{"cut in the body", "GET / HTTP/1.1\r\nContent-Length: 2\r\n\r\na", ErrTruncated},
		{"cut before a chunk's end", "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na", ErrTruncated},
		{"cut in the trailers", "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n", ErrTruncated},
		{"no coding", "GET / HTTP/1.1\r\nTransfer-Encoding: ,\r\n\r\n", errCoding},
		{"carriage return in an extension", "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;\ra\r\na\r\n0\r\n\r\n", errChunk},
		{"endless extension", "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;" + strings.Repeat("a", maxSizeLine), errChunk},
		{"endless trailers", "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + strings.Repeat("a: "+strings.Repeat("b", 1000)+"\r\n", 20), errChunk},
		{"too many trailers", "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + strings.Repeat("a: b\r\n", 200), errTrailer},
		{"WebSocket without a key", "GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", errWebSocket},
		{"CONNECT to a path", "CONNECT /a HTTP/1.1\r\n\r\n", errTarget},
		{"CONNECT elsewhere", "CONNECT a:1 HTTP/1.1\r\nHost: b:1\r\n\r\n", errHost},
		{"one byte too many", "GET / HTTP/1.1\r\nA: " + strings.Repeat("a", DefaultBufferSize-DefaultMaxRewrite-22) + "\r\n\r\n", errTooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, piece := range []int{0, 1000, 7} {
				if got, err := transcript(reading(tt.input, piece)); !errors.Is(err, tt.want) {
					t.Errorf("in pieces of %d: %q, %v, want %v", piece, got, err, tt.want)
				}
			}
		})
	}
}

func TestConn_ReadRequest_LargestHead(t *testing.T) {
	head := "GET / HTTP/1.1\r\nA: " + strings.Repeat("a", DefaultBufferSize-DefaultMaxRewrite-23) + "\r\n\r\n"
	if len(head) != DefaultBufferSize-DefaultMaxRewrite {
		t.Fatalf("head of %d bytes", len(head))
	}
	if _, err := transcript(reading(head, 0)); err != nil {
		t.Error(err)
	}
}

func TestConn_WriteHead(t *testing.T) {
	tests := []struct {
		name        string
		headers     [][2]string
		framing     Framing
		informative bool
		option      Option
		want        string
	}{
		{"nothing", nil, Framing{}, false, Unsaid, ""},
		{"length from the framing", [][2]string{{"content-length", "9"}, {"a", "b"}}, Framing{Length, 3}, false, Unsaid, "content-length: 3\r\na: b\r\n"},
		{"length added", [][2]string{{"a", "b"}}, Framing{Length, 3}, false, Unsaid, "a: b\r\ncontent-length: 3\r\n"},
		{"length twice", [][2]string{{"content-length", "3"}, {"content-length", "4"}}, Framing{Length, 3}, false, Unsaid, "content-length: 3\r\n"},
		{"length without a body", [][2]string{{"content-length", "9"}}, Framing{}, false, Unsaid, ""},
		{"length of what HEAD asked about", [][2]string{{"content-length", "9"}}, Framing{}, true, Unsaid, "content-length: 9\r\n"},
		{"chunked instead of length", [][2]string{{"content-length", "9"}}, Framing{Kind: Chunked}, false, Unsaid, "transfer-encoding: chunked\r\n"},
		{"length instead of chunked", [][2]string{{"transfer-encoding", "chunked"}}, Framing{Length, 3}, false, Unsaid, "content-length: 3\r\n"},
		{"options replaced", [][2]string{{"connection", "keep-alive"}, {"connection", "a, upgrade , close,b"}}, Framing{}, false, SayClose,
			"connection: a,b\r\nconnection: close\r\n"},
		{"upgrade kept", [][2]string{{"connection", "keep-alive, Upgrade"}}, Framing{}, false, PassUpgrade, "connection: Upgrade\r\n"},
		{"keep-alive", nil, Framing{}, false, SayKeepAlive, "connection: keep-alive\r\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var m message.Message
			m.SetResponse(200, []byte("OK"))
			for _, h := range tt.headers {
				m.Add(h[0], []byte(h[1]))
			}
			c := reading("", 0)
			c.WriteHead(&m, tt.framing, tt.informative, tt.option)
			if got := written(c); got != "HTTP/1.1 200 OK\r\n"+tt.want+"\r\n" {
				t.Errorf("got %q", got)
			}
		})
	}
}

// White space that a rule put into a target does not end it, and one that it emptied is none to a server.
func TestConn_WriteHead_Target(t *testing.T) {
	for target, want := range map[string]string{"/a HTTP/1.0\tb": "/a%20HTTP/1.0%09b", "": "/"} {
		var m message.Message
		m.SetRequest([]byte("GET"), []byte(target))
		c := reading("", 0)
		c.WriteHead(&m, Framing{}, false, Unsaid)
		if got := written(c); got != "GET "+want+" HTTP/1.1\r\n\r\n" {
			t.Errorf("%q: got %q", target, got)
		}
	}
}

func TestBodyWriter(t *testing.T) {
	var trailers message.Message
	trailers.AddTrailer("T", []byte("u"))
	tests := []struct {
		name    string
		framing Framing
		pieces  []string
		want    string
		err     error
	}{
		{"length", Framing{Length, 3}, []string{"a", "", "bc"}, "abc", nil},
		{"too short", Framing{Length, 3}, []string{"a"}, "a", ErrShort},
		{"too long", Framing{Length, 3}, []string{"ab", "cd"}, "ab", ErrOverlong},
		{"none", Framing{}, []string{"a"}, "", ErrOverlong},
		{"chunked", Framing{Kind: Chunked}, []string{"a", "", strings.Repeat("b", 16)}, "1\r\na\r\n10\r\nbbbbbbbbbbbbbbbb\r\n0\r\nt: u\r\n\r\n", nil},
		{"until close", Framing{Kind: UntilClose}, []string{"a", "b"}, "ab", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := reading("", 0)
			var w BodyWriter
			w.Begin(c, tt.framing, false)
			var err error
			for _, p := range tt.pieces {
				if _, err = w.Write([]byte(p)); err != nil {
					break
				}
			}
			if err == nil {
				err = w.Close(&trailers)
			}
			if got := written(c); got != tt.want || err != tt.err {
				t.Errorf("got %q, %v, want %q, %v", got, err, tt.want, tt.err)
			}
		})
	}
}

// Parsing a message and writing it again allocates nothing.
func TestConn_Allocations(t *testing.T) {
	request := "POST /path?query HTTP/1.1\r\nHost: example.org\r\nUser-Agent: test\r\nAccept: */*\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: u\r\n\r\n"
	response := "HTTP/1.1 200 OK\r\nServer: test\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\nabc"
	network := &script{output: make([]byte, 0, 1<<16)}
	c := NewConn(network)
	var m, answer message.Message
	var asked, answered Head
	var b Body
	var w BodyWriter
	relay := func(m *message.Message, h *Head) {
		c.WriteHead(m, h.Body, false, Unsaid)
		b.Begin(c, h.Body, m, nil)
		w.Begin(c, h.Body, false)
		for !b.Done() {
			if piece, err := b.Next(); err == nil {
				w.Write(piece)
			}
		}
		w.Close(m)
		c.Flush()
	}
	requestBytes, responseBytes := []byte(request), []byte(response)
	n := testing.AllocsPerRun(200, func() {
		m.Reset()
		answer.Reset()
		network.output = network.output[:0]
		network.input = requestBytes
		if err := c.ReadRequest(&m, &asked); err != nil {
			t.Fatal(err)
		}
		relay(&m, &asked)
		network.input = responseBytes
		if err := c.ReadResponse(&answer, &m, &asked, &answered); err != nil {
			t.Fatal(err)
		}
		relay(&answer, &answered)
	})
	if n > 0 {
		t.Errorf("%v allocations", n)
	}
	want := strings.ToLower(request[:strings.Index(request, "\r\n\r\n")])
	if got := strings.ToLower(string(network.output)); !strings.HasPrefix(got, want) {
		t.Errorf("wrote %q", network.output)
	}
}

func BenchmarkConn_ReadRequest(b *testing.B) {
	request := []byte("GET /path?query HTTP/1.1\r\nHost: example.org\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\nAccept-Encoding: gzip\r\nCookie: a=b; c=d\r\n\r\n")
	network := &script{}
	c := NewConn(network)
	var m message.Message
	var h Head
	b.SetBytes(int64(len(request)))
	b.ReportAllocs()
	for b.Loop() {
		m.Reset()
		network.input = request
		if err := c.ReadRequest(&m, &h); err != nil {
			b.Fatal(err)
		}
	}
}
