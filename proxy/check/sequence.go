package check

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"

	"tidelock/proxy/server"
)

// maxResponse is how much of what a server sends is looked at, HAProxy's buffer.
const maxResponse = 16384

// Sequence is a check in steps. Without a Connect at its beginning it connects first.
type Sequence struct {
	Steps []Step
	HTTP  bool // messages leave out the steps, as HAProxy's do
	// Success is said of a check that passed, unless its last step has something to say itself.
	Success string
	Dial    Dial
}

// Step is one step of a sequence. It returns nil to go on, or the result of the check.
type Step interface {
	do(r *run) *server.Result
	// describe names the step in messages.
	describe() string
}

// run is a sequence under way.
type run struct {
	ctx      context.Context
	sequence *Sequence
	server   *server.Server
	conn     net.Conn
	linger   bool
	number   int    // of the step, counted from 1
	comment  string // of the step, or of a comment before it
	received []byte
	ended    bool  // the server sends no more
	err      error // why it does not, nil for an orderly end
	response response
	result   server.Result // what the check ends in when all steps succeed
}

// Probe does the check.
func (q *Sequence) Probe(ctx context.Context, s *server.Server) server.Result {
	r := &run{ctx: ctx, sequence: q, server: s, result: server.Result{Status: server.Layer4OK}}
	defer r.close()
	if len(q.Steps) == 0 {
		return q.connectOnly(r)
	}
	if _, explicit := firstAct(q.Steps).(*ConnectStep); !explicit {
		if failed := (&ConnectStep{}).do(r); failed != nil {
			return *failed
		}
	}
	for i, step := range q.Steps {
		r.number = i + 1
		if failed := step.do(r); failed != nil {
			return *failed
		}
	}
	r.result.Info = cmp.Or(r.result.Info, q.Success)
	return r.result
}

func (q *Sequence) connectOnly(r *run) server.Result {
	if failed := (&ConnectStep{}).do(r); failed != nil {
		return *failed
	}
	return r.result
}

// firstAct returns the first step that is no comment, nil without one.
func firstAct(steps []Step) Step {
	for _, step := range steps {
		if _, isComment := step.(Comment); !isComment {
			return step
		}
	}
	return nil
}

func (r *run) close() {
	if r.conn == nil {
		return
	}
	if r.linger {
		r.conn.Close()
	} else {
		reset(r.conn)
	}
	r.conn = nil
}

// fail returns a result that says what went wrong, and where in a sequence of TCP steps.
func (r *run) fail(status server.CheckStatus, text string) *server.Result {
	if r.comment != "" {
		text += " comment: " + r.comment
	}
	return &server.Result{Status: status, Info: text}
}

// timeout returns the result of a step that took too long.
func (r *run) timeout(status server.CheckStatus, step Step) *server.Result {
	return &server.Result{Status: status, Info: r.where(step)}
}

// where says at which step of a TCP sequence something happened.
func (r *run) where(step Step) string {
	if r.sequence.HTTP || r.number == 0 {
		return ""
	}
	text := fmt.Sprintf(" at step %d of tcp-check (%s)", r.number, step.describe())
	if r.comment != "" {
		text += " comment: '" + r.comment + "'"
	}
	return text
}

// receive waits for more of what the server sends. It returns false when there is no more, or no room for it: err says
// whether that was for a timeout.
func (r *run) receive() bool {
	if r.ended || len(r.received) >= maxResponse {
		return false
	}
	if deadline, ok := r.ctx.Deadline(); ok {
		r.conn.SetReadDeadline(deadline)
	}
	if r.received == nil {
		r.received = make([]byte, 0, 1024)
	}
	if len(r.received) == cap(r.received) {
		r.received = append(r.received, 0)[:len(r.received)]
	}
	n, err := r.conn.Read(r.received[len(r.received):min(cap(r.received), maxResponse)])
	r.received = r.received[:len(r.received)+n]
	if err != nil {
		r.ended = true
		if !errors.Is(err, io.EOF) {
			r.err = err
		}
	}
	return n > 0 || err == nil
}

// broken returns the result of a connection that failed, nil when it did not.
func (r *run) broken() *server.Result {
	if r.err == nil || isTimeout(r.err) {
		return nil
	}
	return &server.Result{Status: server.SocketError, Info: SystemError(r.err)}
}

// Comment is said when one of the steps after it fails.
type Comment string

func (c Comment) do(r *run) *server.Result {
	r.comment = string(c)
	return nil
}

func (c Comment) describe() string { return "comment" }

// ConnectStep opens a connection, in the place of the one before.
type ConnectStep struct {
	Port    int    // 0 is the check's
	Host    string // "" is the check's
	Linger  bool   // close it in an orderly way
	Comment string
}

func (c *ConnectStep) do(r *run) *server.Result {
	r.close()
	if c.Comment != "" {
		r.comment = c.Comment
	}
	conn, err := r.sequence.Dial(context.WithValue(r.ctx, placeKey{}, c), r.server)
	if err != nil {
		result := connectFailure(err)
		result.Info += r.where(c)
		return &result
	}
	r.conn, r.linger = conn, c.Linger
	r.received, r.ended, r.err, r.response = nil, false, nil, response{}
	r.result.Status = server.Layer4OK
	return nil
}

func (c *ConnectStep) describe() string {
	if c.Port != 0 {
		return fmt.Sprintf("connect port %d", c.Port)
	}
	return "connect"
}

// placeKey is where a dial finds the step that it is for.
type placeKey struct{}

// Place returns what a connect step says of where to connect to: the host, "" for the check's, and the port, 0 for the
// check's.
func Place(ctx context.Context) (host string, port int) {
	if c, ok := ctx.Value(placeKey{}).(*ConnectStep); ok {
		return c.Host, c.Port
	}
	return "", 0
}

// SendStep sends bytes.
type SendStep struct {
	// Data returns what is sent to a server.
	Data    func(*server.Server) []byte
	Comment string
}

func (s *SendStep) do(r *run) *server.Result {
	if s.Comment != "" {
		r.comment = s.Comment
	}
	if deadline, ok := r.ctx.Deadline(); ok {
		r.conn.SetWriteDeadline(deadline)
	} else {
		r.conn.SetWriteDeadline(time.Time{})
	}
	_, err := r.conn.Write(s.Data(r.server))
	switch {
	case err == nil:
		r.received, r.response = r.received[:0], response{}
		return nil
	case isTimeout(err):
		return r.timeout(server.Layer7Timeout, s)
	case errors.Is(err, syscall.EPIPE), errors.Is(err, syscall.ECONNRESET):
		r.ended, r.err = true, err // what the server has said before may explain it
		return nil
	}
	return r.fail(server.SocketError, SystemError(err))
}

func (s *SendStep) describe() string { return "send" }
