package http1

import (
	"bytes"
	"io"
	"testing"

	"tidelock/proxy/message"
)

// FuzzRequest checks that a request that is accepted means the same to the next parser after it was written again, and
// that the way it is cut into packets changes nothing.
func FuzzRequest(f *testing.F) {
	for _, seed := range []string{
		"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
		"POST /a?b HTTP/1.1\r\nContent-Length: 3\r\nConnection: close, x\r\n\r\nabc",
		"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\nA: b\r\n c\r\n\r\n1;x\r\na\r\n0\r\nT: u\r\n\r\n",
		"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET http://a:80/ HTTP/1.2\nHost: a\nTE: trailers\n\n",
	} {
		f.Add([]byte(seed), uint8(1))
	}
	f.Fuzz(func(t *testing.T, input []byte, piece uint8) {
		whole, err := transcript(reading(string(input), 0))
		cut, cutErr := transcript(reading(string(input), int(piece)))
		if whole != cut || (err == nil) != (cutErr == nil) {
			t.Fatalf("whole %q, %v; in pieces of %d %q, %v", whole, err, piece, cut, cutErr)
		}
		if err != nil {
			return
		}
		again := rewrite(t, input)
		second := rewrite(t, again)
		if !bytes.Equal(again, second) {
			t.Fatalf("%q became %q and then %q", input, again, second)
		}
	})
}

// rewrite parses a request and returns it as it would be sent to a server.
func rewrite(t *testing.T, input []byte) []byte {
	c := reading(string(input), 0)
	var m message.Message
	var h Head
	if err := c.ReadRequest(&m, &h); err != nil {
		t.Fatalf("%q: %v", input, err)
	}
	return relayed(t, c, &m, h.Body)
}

func relayed(t *testing.T, c *Conn, m *message.Message, framing Framing) []byte {
	to := reading("", 0)
	to.WriteHead(m, framing, false, Unsaid)
	var b Body
	var w BodyWriter
	b.Begin(c, framing, m, nil)
	w.Begin(to, framing, false)
	for {
		piece, err := b.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		w.Write(piece)
	}
	if err := w.Close(m); err != nil {
		t.Fatal(err)
	}
	return []byte(written(to))
}

// FuzzResponse checks that no response breaks the parser and that one that is accepted is accepted again when written.
func FuzzResponse(f *testing.F) {
	for _, seed := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
		"HTTP/1.0 200\r\n\r\nabc",
		"HTTP/1.1 100 Continue\r\n\r\n",
		"HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		var request, m message.Message
		var asked, h Head
		request.SetRequest([]byte("GET"), []byte("/"))
		c := reading(string(input), 0)
		if err := c.ReadResponse(&m, &request, &asked, &h); err != nil {
			return
		}
		to := reading("", 0)
		to.WriteHead(&m, h.Body, false, Unsaid)
		var again message.Message
		var second Head
		if err := reading(written(to), 0).ReadResponse(&again, &request, &asked, &second); err != nil {
			t.Fatalf("%q was written as %q: %v", input, to.net.(*script).output, err)
		}
		if second.Body != h.Body {
			t.Fatalf("framing %v became %v", h.Body, second.Body)
		}
	})
}

// FuzzChunk checks that a chunked body gives the same bytes however it arrives, and after it was chunked again.
func FuzzChunk(f *testing.F) {
	for _, seed := range []string{"0\r\n\r\n", "3\r\nabc\r\n0\r\n\r\n", "1;a=b\na\n0\nT: u\n\n", "0000a \r\n0123456789\r\n0\r\n\r\n"} {
		f.Add([]byte(seed), uint8(1))
	}
	decode := func(input string, piece int) (string, error) {
		var m message.Message
		var b Body
		b.Begin(reading(input, piece), Framing{Kind: Chunked}, &m, nil)
		text, err := io.ReadAll(&b)
		return string(text), err
	}
	f.Fuzz(func(t *testing.T, input []byte, piece uint8) {
		text, err := decode(string(input), 0)
		if cut, cutErr := decode(string(input), int(piece)); (err == nil) != (cutErr == nil) || err == nil && cut != text {
			t.Fatalf("whole %q, %v; in pieces of %d %q, %v", text, err, piece, cut, cutErr)
		}
		if err != nil {
			return
		}
		c := reading("", 0)
		var w BodyWriter
		w.Begin(c, Framing{Kind: Chunked}, false)
		io.WriteString(&w, text)
		w.Close(nil)
		if again, err := decode(written(c), 0); err != nil || again != text {
			t.Fatalf("%q came back as %q, %v", text, again, err)
		}
	})
}
