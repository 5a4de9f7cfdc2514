package frontend

import (
	"io"
	"time"

	"tidelock/proxy/stream"
)

// tcpBuffer is the content of one direction of a TCP connection as scripts see it while rules run: they may change what
// has arrived, and send it on before its time. What they send to the client leaves at once; what they send to the server
// waits for the connection to it.
type tcpBuffer struct{ in *input }

var (
	_ stream.BufferedInput   = (*input)(nil)
	_ stream.AnswerableInput = (*input)(nil)
)

// Buffer implements stream.BufferedInput.
func (in *input) Buffer() stream.Buffer { return tcpBuffer{in} }

// Answer implements stream.AnswerableInput.
func (in *input) Answer() stream.Buffer { return answerBuffer{in.session} }

// Data implements stream.Buffer.
func (b tcpBuffer) Data() []byte {
	b.in.claim()
	defer b.in.release()
	return b.in.conn.Peek()
}

// Pass implements stream.Buffer.
func (b tcpBuffer) Pass(n int) {
	b.in.claim()
	defer b.in.release()
	data := b.in.conn.Peek()
	n = min(n, len(data))
	b.Send(data[:n])
	b.in.conn.Discard(n)
}

// Send implements stream.Buffer.
func (b tcpBuffer) Send(p []byte) {
	if b.in.conn == &b.in.session.client {
		b.in.passed = append(b.in.passed, p...)
		return
	}
	b.in.session.client.Write(p) // an error is met again by who flushes
}

// Replace implements stream.Buffer.
func (b tcpBuffer) Replace(offset, n int, p []byte) bool {
	b.in.claim()
	defer b.in.release()
	if len(p) > n && len(p)-n > b.room() {
		return false
	}
	return b.in.conn.Edit(offset, n, p)
}

// Room implements stream.Buffer.
func (b tcpBuffer) Room() int {
	b.in.claim()
	defer b.in.release()
	return b.room()
}

func (b tcpBuffer) room() int {
	return max(b.in.limit()-len(b.in.conn.Buffered())-len(b.in.passed), 0)
}

// Ended implements stream.Buffer.
func (b tcpBuffer) Ended() bool { return b.in.ended }

// Passed implements stream.Buffer.
func (b tcpBuffer) Passed() int { return len(b.in.passed) }

// More implements stream.Buffer.
func (b tcpBuffer) More() error {
	if b.in.ended {
		return io.EOF
	}
	err := b.in.more(b.in.until)
	b.in.ended = err == io.EOF
	return err
}

// answerBuffer is what goes to the client before there is a server.
type answerBuffer struct{ session *session }

// Data implements stream.Buffer.
func (answerBuffer) Data() []byte { return nil }

// Pass implements stream.Buffer.
func (answerBuffer) Pass(int) {}

// Send implements stream.Buffer.
func (b answerBuffer) Send(p []byte) {
	n, _ := b.session.client.Write(p) // an error is met again by who flushes
	b.session.stream.Record.BytesOut += int64(n)
}

// Replace implements stream.Buffer.
func (answerBuffer) Replace(int, int, []byte) bool { return false }

// Room implements stream.Buffer.
func (b answerBuffer) Room() int { return b.session.client.BufferSize() }

// Ended implements stream.Buffer.
func (answerBuffer) Ended() bool { return false }

// Passed implements stream.Buffer.
func (answerBuffer) Passed() int { return 0 }

// More implements stream.Buffer.
func (answerBuffer) More() error { return io.EOF }

// sendPassed sends the server what scripts have let through before there was a connection to it.
func (s *session) sendPassed() {
	if p := s.requestInput.passed; len(p) > 0 {
		s.server.Write(p) // an error is met again by who flushes
		s.server.Flush()
		s.requestInput.passed = nil
	}
}

// waitUntil returns the end of an inspect-delay, zero without one: then a script waits as long as its side may be silent.
func waitUntil(delay time.Duration) (until time.Time) {
	if delay > 0 {
		until = time.Now().Add(delay)
	}
	return until
}
