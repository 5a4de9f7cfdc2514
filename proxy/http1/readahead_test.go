package http1

import (
	"io"
	"net"
	"strings"
	"testing"

	"tidelock/proxy/message"
)

// arriving returns a connection that input arrives on in the given pieces, and then ends.
func arriving(t *testing.T, pieces ...string) *Conn {
	t.Helper()
	near, far := net.Pipe()
	t.Cleanup(func() { near.Close() })
	go func() {
		for _, p := range pieces {
			io.WriteString(far, p)
		}
		far.Close()
	}()
	return NewConn(near)
}

var bodiesAhead = []struct {
	name    string
	framing Framing
	pieces  []string
	limit   int
	ahead   string // after the body was read ahead as far as possible
	err     error  // which ended that
	all     string // what is read then
	next    string // input behind the body
}{
	{"length", Framing{Kind: Length, Length: 5}, []string{"ab", "cde", "GET"}, 100, "abcde", io.EOF, "abcde", ""},
	{"length and pipelined", Framing{Kind: Length, Length: 5}, []string{"abcdeGET"}, 100, "abcde", io.EOF, "abcde", "GET"},
	{"limit", Framing{Kind: Length, Length: 5}, []string{"abcde"}, 3, "abc", ErrFull, "abcde", ""},
	{"chunked", Framing{Kind: Chunked}, []string{"3\r\nabc\r\n", "2", "\r\nd", "e\r\n0\r\nX: y\r\n\r\nGET"}, 100, "abcde", io.EOF, "abcde", "GET"},
	{"chunked, limit within a chunk", Framing{Kind: Chunked}, []string{"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"}, 4, "abcd", ErrFull, "abcde", ""},
	{"until close", Framing{Kind: UntilClose}, []string{"ab", "c"}, 100, "abc", io.EOF, "abc", ""},
	{"nothing", Framing{}, []string{"GET"}, 100, "", io.EOF, "", ""},
	{"larger than the buffer", Framing{Kind: Length, Length: 2 * DefaultBufferSize}, []string{strings.Repeat("x", 2*DefaultBufferSize)},
		4 * DefaultBufferSize, strings.Repeat("x", DefaultBufferSize), ErrFull, strings.Repeat("x", 2*DefaultBufferSize), ""},
}

func TestBody_ReadAhead(t *testing.T) {
	for _, tt := range bodiesAhead {
		t.Run(tt.name, func(t *testing.T) {
			c := arriving(t, tt.pieces...)
			var b Body
			b.Begin(c, tt.framing, &message.Message{}, nil)
			var err error
			for err == nil {
				err = b.ReadAhead(tt.limit, true)
			}
			if got := string(b.Ahead()); got != tt.ahead || err != tt.err {
				t.Fatalf("ahead %.40q, %v", got, err)
			}
			if b.Done() != (tt.all == "") {
				t.Errorf("done %t with %d bytes to read", b.Done(), len(tt.all))
			}
			all, err := io.ReadAll(&b)
			if err != nil || string(all) != tt.all {
				t.Errorf("read %.40q, %v", all, err)
			}
			if got := string(c.Buffered()); got != tt.next {
				t.Errorf("left %q, want %q", got, tt.next)
			}
		})
	}
}

func TestBody_ReadAhead_Errors(t *testing.T) {
	tests := []struct {
		name    string
		framing Framing
		input   string
		ahead   string
		err     error
	}{
		{"cut short", Framing{Kind: Length, Length: 5}, "abc", "abc", ErrTruncated},
		{"bad chunk", Framing{Kind: Chunked}, "3\r\nabc\r\nx\r\n", "abc", errChunk},
		{"bad trailer", Framing{Kind: Chunked}, "3\r\nabc\r\n0\r\n : \r\n\r\n", "abc", errTrailer},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b Body
			b.Begin(arriving(t, tt.input), tt.framing, &message.Message{}, nil)
			var err error
			for err == nil {
				err = b.ReadAhead(100, true)
			}
			if got := string(b.Ahead()); got != tt.ahead || err != tt.err {
				t.Errorf("ahead %q, %v", got, err)
			}
			// The error comes again in its place.
			if all, err := io.ReadAll(&b); string(all) != tt.ahead || err != tt.err {
				t.Errorf("read %q, %v", all, err)
			}
		})
	}
}
