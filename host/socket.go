package host

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"time"
)

var (
	errCannotConnect = errors.New("Can't connect")      //nolint:staticcheck // HAProxy's words, which scripts compare
	errSocketClosed  = errors.New("connection closed.") //nolint:staticcheck // HAProxy's words, which scripts compare
)

const (
	connectTimeout = 5 * time.Second  // where the script sets none, as in HAProxy
	minimumTimeout = time.Millisecond // of those that a script can set, 0 included
	socketBuffer   = 4 << 10          // bytes of input; a line or a count that is longer is collected beside it
	sendPiece      = 64 << 10         // bytes whose sending restarts the inactivity timeout
)

// socket is a script's TCP or Unix connection.
type socket struct {
	conn    net.Conn // nil: not connected
	input   *bufio.Reader
	timeout time.Duration // of inactivity, and of connecting; 0: not set
}

func (s *socket) connected(conn net.Conn) {
	s.Close()
	s.conn = conn
	if s.input == nil {
		s.input = bufio.NewReaderSize(s, socketBuffer)
	} else {
		s.input.Reset(s)
	}
}

// Close implements io.Closer: the end of the execution, at the latest.
func (s *socket) Close() error {
	if s.conn == nil {
		return nil
	}
	err := s.conn.Close()
	s.conn = nil
	return err
}

// Read implements io.Reader, for the buffer: every piece of input restarts the inactivity timeout.
func (s *socket) Read(p []byte) (int, error) {
	if err := s.conn.SetReadDeadline(s.deadline()); err != nil {
		return 0, err
	}
	return s.conn.Read(p)
}

func (s *socket) deadline() time.Time {
	if s.timeout == 0 {
		return time.Time{}
	}
	return time.Now().Add(s.timeout)
}

// buffered returns the input that can be received without waiting.
func (s *socket) buffered() []byte {
	if s.conn == nil {
		return nil
	}
	ahead, _ := s.input.Peek(s.input.Buffered())
	return ahead
}

// abortable closes the connection when ctx ends, until the function that it returns is called. Deadlines would not do:
// Read sets its own.
func (s *socket) abortable(ctx context.Context) (done func()) {
	if ctx.Done() == nil {
		return func() {}
	}
	conn := s.conn
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	return func() { stop() }
}

// receive reads by one format: a line (l), everything (a), or a count. complete is false when the end or a timeout came
// before that; as in HAProxy what had come until then is a result too, but a line that a timeout has cut stays for the
// next call. The error is errTooLarge: more than limit bytes.
func (s *socket) receive(ctx context.Context, format readFormat, limit int) (data []byte, complete bool, err error) {
	if s.conn == nil {
		return nil, false, nil
	}
	defer s.abortable(ctx)()
	switch format.letter {
	case 'a':
		data, err = readAll(s.input, limit)
		complete = err == nil && len(data) > 0
	case 'l':
		data, err = s.receiveLine(limit)
		complete = err == nil
	default:
		data, err = readCount(s.input, format.count)
		complete = err == nil
	}
	if errors.Is(err, errTooLarge) {
		return nil, false, err
	}
	return data, complete, nil
}

func (s *socket) receiveLine(limit int) ([]byte, error) {
	line, err := readUntil(s.input, '\n', limit)
	if timeout := net.Error(nil); errors.As(err, &timeout) && timeout.Timeout() {
		s.unread(line)
		return nil, err
	}
	if err != nil {
		return line, err
	}
	return bytes.TrimSuffix(line[:len(line)-1], []byte("\r")), nil
}

// unread puts data back before the input that is still to come.
func (s *socket) unread(data []byte) {
	if len(data) > 0 {
		s.input = bufio.NewReaderSize(io.MultiReader(bytes.NewReader(bytes.Clone(data)), s), socketBuffer)
	}
}

// send writes data, with the timeout for each piece.
func (s *socket) send(ctx context.Context, data []byte) error {
	defer s.abortable(ctx)()
	for len(data) > 0 {
		if err := s.conn.SetWriteDeadline(s.deadline()); err != nil {
			return err
		}
		n, err := s.conn.Write(data[:min(len(data), sendPiece)])
		if err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}
