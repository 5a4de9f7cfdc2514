package http1

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"time"
)

// A wait that ends by its deadline brings nothing, least of all what the one before has brought.
func TestConn_Fill_timeoutAfterInput(t *testing.T) {
	c, peer := connected(t)
	io.WriteString(peer, "input")
	if err := c.Fill(); err != nil {
		t.Fatal(err)
	}
	c.Discard(5)
	c.SetReadTimeout(time.Nanosecond, time.Time{})
	for range 3 {
		if err := c.Fill(); err != ErrTimeout || len(c.Buffered()) > 0 {
			t.Fatalf("Fill: %v, %q", err, c.Buffered())
		}
	}
	c.SetReadTimeout(0, time.Time{})
	io.WriteString(peer, "more")
	if err := c.Fill(); err != nil || string(c.Buffered()) != "more" {
		t.Errorf("Fill: %v, %q", err, c.Buffered())
	}
}

// FlushBeforeFill sends whatever there is, however little the peer takes at a time, and Fill returns the answer.
func TestConn_FlushBeforeFill(t *testing.T) {
	for _, size := range []int{0, 1, DefaultBufferSize, 512 << 10} {
		c, peer := connected(t)
		c.net.(*net.TCPConn).SetWriteBuffer(4096)
		request := bytes.Repeat([]byte("request"), size/7+1)[:size]
		go func() {
			got := make([]byte, size)
			if _, err := io.ReadFull(peer, got); err != nil || !bytes.Equal(got, request) {
				t.Errorf("the peer got something else than the %d bytes that were sent: %v", size, err)
			}
			io.WriteString(peer, "answer")
		}()
		if size > DefaultBufferSize { // more than the system takes at once
			small := c.limits.borrow()
			c.out = &buffer{append(small.bytes[:0:0], request...), small.transfer, small.home}
			c.n = size
		} else {
			c.Write(request)
		}
		if err := c.FlushBeforeFill(); err != nil {
			t.Fatal(err)
		}
		if err := c.Fill(); err != nil || string(c.Buffered()) != "answer" || c.Unsent() > 0 || c.Sent() != int64(size) {
			t.Errorf("%d bytes: Fill: %v, %q, %d sent, %d unsent", size, err, c.Buffered(), c.Sent(), c.Unsent())
		}
	}
}

// The deadline of an earlier wait that has passed meanwhile keeps no request from being sent.
func TestConn_FlushBeforeFill_pastDeadline(t *testing.T) {
	c, peer := connected(t)
	c.SetReadTimeout(20*time.Millisecond, time.Time{})
	io.WriteString(peer, "first")
	if err := c.Fill(); err != nil {
		t.Fatal(err)
	}
	c.Discard(5)
	time.Sleep(30 * time.Millisecond)
	go func() {
		got := make([]byte, 7)
		if _, err := io.ReadFull(peer, got); err == nil {
			peer.Write(got)
		}
	}()
	c.SetReadTimeout(time.Minute, time.Time{})
	c.WriteString("request")
	if err := c.FlushBeforeFill(); err != nil {
		t.Fatal(err)
	}
	if err := c.Fill(); err != nil || string(c.Buffered()) != "request" || c.Sent() != 7 {
		t.Errorf("Fill: %v, %q, %d bytes sent", err, c.Buffered(), c.Sent())
	}
}

func TestConn_FlushBeforeFill_Errors(t *testing.T) {
	for _, tt := range []struct {
		name string
		peer func(c *Conn, peer net.Conn)
		want func(error) bool
	}{
		{"closed by the peer", func(_ *Conn, peer net.Conn) { io.CopyN(io.Discard, peer, 7); peer.Close() }, func(err error) bool { return err == io.EOF }},
		{"silence", func(c *Conn, _ net.Conn) {}, func(err error) bool { return err == ErrTimeout }},
		{"closed by us", func(c *Conn, _ net.Conn) { c.net.Close() }, func(err error) bool { return errors.Is(err, net.ErrClosed) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, peer := connected(t)
			c.SetReadTimeout(100*time.Millisecond, time.Time{})
			io.WriteString(peer, "old")
			if err := c.Fill(); err != nil {
				t.Fatal(err)
			}
			c.Discard(3)
			c.WriteString("request")
			if err := c.FlushBeforeFill(); err != nil {
				t.Fatal(err)
			}
			go tt.peer(c, peer)
			if err := c.Fill(); !tt.want(err) || len(c.Buffered()) > 0 {
				t.Errorf("Fill: %v, %q", err, c.Buffered())
			}
		})
	}
}

// What has arrived is read before anything is waited for.
func TestConn_FlushBeforeFill_buffered(t *testing.T) {
	c, peer := connected(t)
	io.WriteString(peer, "early")
	if err := c.Fill(); err != nil {
		t.Fatal(err)
	}
	c.WriteString("request")
	if err := c.FlushBeforeFill(); err != nil || c.Unsent() > 0 {
		t.Errorf("FlushBeforeFill: %v, %d bytes unsent", err, c.Unsent())
	}
}
