package log

import (
	"context"
	"io"
	"net"
	"strconv"
	"time"
)

// Forwarding sends the lines of a ring to a syslog server over a connection.
type Forwarding struct {
	Network, Address string // "tcp" or "unix"
	// OctetCount puts each line's length before it (RFC 6587, section 3.4.1); a line feed ends it otherwise.
	OctetCount     bool
	ConnectTimeout time.Duration // 0 for none
	WriteTimeout   time.Duration // 0 for none
}

// Forward starts forwarding until the context ends, and connects again, from the line that failed, whenever the server
// goes away. What it has not forwarded yet keeps its place in the ring. The channel is closed when it has ended.
func (r *Ring) Forward(ctx context.Context, f Forwarding) (ended <-chan struct{}) {
	done := make(chan struct{})
	reader := r.Read(false, true)
	go func() {
		defer close(done)
		defer reader.Close()
		f.run(ctx, reader)
	}()
	return done
}

func (f *Forwarding) run(ctx context.Context, reader *RingReader) {
	var line []byte // taken from the ring and not sent yet
	for ctx.Err() == nil {
		conn, err := f.dial(ctx)
		if err == nil {
			line = f.serve(ctx, conn, reader, line)
			conn.Close()
		}
		select {
		case <-time.After(redialDelay):
		case <-ctx.Done():
		}
	}
}

func (f *Forwarding) dial(ctx context.Context) (net.Conn, error) {
	dialer := net.Dialer{Timeout: f.ConnectTimeout}
	return dialer.DialContext(ctx, f.Network, f.Address)
}

// serve sends lines, beginning with line if that is not empty, until the connection fails or the context ends. It
// returns the line that was not sent.
func (f *Forwarding) serve(ctx context.Context, conn net.Conn, reader *RingReader, line []byte) []byte {
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		io.Copy(io.Discard, conn) // a syslog server says nothing: this ends when it is gone
	}()
	defer func() {
		conn.Close()
		<-gone
	}()
	for {
		for ok := len(line) > 0; ; {
			if !ok {
				if line, ok = f.next(reader, line); !ok {
					break
				}
			}
			if f.WriteTimeout > 0 {
				conn.SetWriteDeadline(time.Now().Add(f.WriteTimeout))
			}
			if _, err := conn.Write(line); err != nil {
				return line
			}
			line, ok = line[:0], false
		}
		select {
		case <-reader.More():
		case <-gone:
			return line
		case <-ctx.Done():
			return line
		}
	}
}

// maxPrefix is what an octet count takes: the digits of the longest line and a space.
const maxPrefix = 6

// next frames the next line of the ring in the memory of buffer.
func (f *Forwarding) next(reader *RingReader, buffer []byte) ([]byte, bool) {
	if !f.OctetCount {
		line, ok := reader.Next(buffer[:0])
		if ok {
			line = append(line, '\n')
		}
		return line, ok
	}
	// The line comes first, behind room for its length, which is known only then.
	line, ok := reader.Next(append(buffer[:0], "      "[:maxPrefix]...))
	if !ok {
		return line[:0], false
	}
	var digits [maxPrefix]byte
	prefix := append(strconv.AppendInt(digits[:0], int64(len(line)-maxPrefix), 10), ' ')
	start := maxPrefix - len(prefix)
	copy(line[start:], prefix)
	return append(line[:0], line[start:]...), true
}
