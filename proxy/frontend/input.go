package frontend

import (
	"io"
	"time"

	"tidelock/proxy/http1"
	"tidelock/proxy/message"
	"tidelock/proxy/stream"
)

// input is one direction's content as rules see it before it is forwarded.
type input struct {
	session *session
	conn    *http1.Conn
	body    *http1.Body      // nil in TCP
	head    *message.Message // of the body; it shares the buffer
	open    bool             // rules may say Wait
	err     error            // why Await failed
	until   time.Time        // how long scripts may wait for more; zero for no such bound
	ended   bool             // a script has met the end
	passed  []byte           // for the server, ahead of what the connection holds
}

var _ stream.Input = (*input)(nil)

// limit returns how many bytes may lie in wait.
func (in *input) limit() int {
	limit := in.conn.BufferSize() - in.conn.MaxRewrite()
	if in.head != nil {
		limit -= in.head.Size()
	}
	return max(limit, 1)
}

// claim keeps others from reading the connection until release.
func (in *input) claim() {
	if in.conn == &in.session.client {
		in.session.waiting.suspend()
	}
}

func (in *input) release() {
	if in.conn == &in.session.client {
		in.session.waiting.resume()
	}
}

// advance takes in what has arrived; with wait it waits for more. It returns io.EOF at the end of the content and
// http1.ErrFull when there is room for no more.
func (in *input) advance(wait bool) error {
	if in.body != nil {
		return in.body.ReadAhead(in.limit(), wait)
	}
	if len(in.conn.Peek()) >= in.limit() {
		return http1.ErrFull
	}
	if !wait {
		return nil
	}
	return in.conn.Fill()
}

// there returns what advance took in.
func (in *input) there() []byte {
	if in.body != nil {
		return in.body.Ahead()
	}
	return in.conn.Peek()
}

// Peek implements stream.Input.
func (in *input) Peek() []byte {
	in.claim()
	defer in.release()
	in.advance(false) // an error is met again by who forwards
	return in.there()
}

// Final implements stream.Input.
func (in *input) Final() bool {
	if !in.open {
		return true
	}
	in.claim()
	defer in.release()
	return in.advance(false) != nil
}

// Await implements stream.Input. When it fails it says Abort, and fail answers.
func (in *input) Await(timeout time.Duration, atLeast int64) stream.Verdict {
	return in.await(time.Now().Add(timeout), atLeast)
}

func (in *input) await(until time.Time, atLeast int64) stream.Verdict {
	in.claim()
	defer in.release()
	if err := in.gather(until, atLeast); err != nil && err != io.EOF && err != http1.ErrFull {
		in.err = err
		return stream.Abort
	}
	if st := &in.session.stream; st.Request != nil && in.conn == &in.session.client {
		st.Record.Timers.Request = time.Since(st.Started) // for the log what is waited for is part of the head
	}
	return stream.Continue
}

// gather waits until there are atLeast bytes (0: all), nothing more will come or fit, or until passes.
func (in *input) gather(until time.Time, atLeast int64) error {
	err := in.advance(false)
	if err == nil && in.body == &in.session.requestBody {
		err = in.session.applet.sendContinue()
	}
	in.conn.SetReadTimeout(in.timeout(), until)
	for err == nil && (atLeast == 0 || int64(len(in.there())) < atLeast) {
		err = in.advance(true)
	}
	in.conn.SetReadTimeout(in.timeout(), time.Time{})
	return err
}

// timeout returns the bound of each single wait.
func (in *input) timeout() time.Duration {
	if in.conn == &in.session.client {
		return in.session.frontend.Timeouts.Client
	}
	return in.session.serverTimeout()
}

// fail answers for content that did not arrive, and reports whether there was such a failure.
func (in *input) fail() bool {
	err := in.err
	if err == nil {
		return false
	}
	in.err = nil
	s := in.session
	if in.conn == &s.client {
		s.refuseBody(err)
	} else {
		s.failResponse(err)
	}
	return true
}
