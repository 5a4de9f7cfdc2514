package http1

import (
	"bytes"
	"io"
	"testing"
)

// A connection that carries nothing holds no buffer, one that carries a head a small one, and larger input and output go on
// in one of full size, with nothing lost on the way.
func TestConn_Buffers(t *testing.T) {
	large := bytes.Repeat([]byte("0123456789"), 1500)
	c := arriving(t, string(large))
	if c.in != nil || c.out != nil {
		t.Error("buffers before there is use for them")
	}
	for len(c.Buffered()) < len(large) {
		if err := c.Fill(); err != nil {
			t.Fatal(err)
		}
		if first := len(c.in.bytes); len(c.Buffered()) < smallSize && first != smallSize {
			t.Errorf("%d bytes in a buffer of %d", len(c.Buffered()), first)
		}
	}
	if !bytes.Equal(c.Buffered(), large) {
		t.Error("input was not kept whole")
	}
	c.Write(large[:100])
	if len(c.out.bytes) != smallSize {
		t.Errorf("100 bytes of output in a buffer of %d", len(c.out.bytes))
	}
	c.Write(large[100:])
	if got := c.out.bytes[:c.Unsent()]; !bytes.Equal(got, large) {
		t.Error("output was not kept whole")
	}
	c.DropUnsent()
	c.Discard(len(large))
	c.Release()
	if c.in != nil || c.out != nil {
		t.Error("buffers while there is nothing in them")
	}
	if err := c.Await(); err != io.EOF {
		t.Errorf("got %v", err)
	}
}
