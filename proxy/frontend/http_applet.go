package frontend

import (
	"errors"
	"io"

	"tidelock/proxy/http1"
	"tidelock/proxy/stream"
)

// Errors that a service meets.
var (
	ErrNotStarted = errors.New("frontend: response body before the response started")
	ErrStarted    = errors.New("frontend: response started twice")
	ErrNoResponse = errors.New("frontend: response started without a final status")
	ErrAnswered   = errors.New("frontend: a rule answered in the place of the service")
)

// httpApplet is the client's side of an HTTP exchange that a service answers.
type httpApplet struct {
	session   *session
	continued bool // 100 (Continue) was sent
	answered  bool // a rule over the response answered the client
}

var _ stream.Applet = (*httpApplet)(nil)

// serveService has the stream's service answer the request.
func (s *session) serveService() {
	s.stream.RequestInput = nil
	err := s.stream.Service.Serve(&s.applet)
	s.endWaiting()
	record := &s.stream.Record
	// For the log a service is a server that is reached at once.
	record.Timers.Queue, record.Timers.Connect, record.Timers.Response = 0, 0, 0
	switch {
	case s.applet.answered:
		return
	case !s.started:
		s.replyError(500)
	case err != nil:
		// Without its end the client sees that the response is not whole.
		record.End(stream.Internal, stream.InData)
		s.keep = false
	default:
		err := error(nil)
		if s.filters != nil {
			err = s.applet.endFiltered()
		}
		if err == nil {
			err = s.writer.Close(&s.response)
		}
		if err != nil {
			record.End(stream.Internal, stream.InData)
			s.keep = false
		}
	}
	record.End(stream.Local, stream.InRequest)
}

// Read implements stream.Applet.
func (a *httpApplet) Read(p []byte) (int, error) {
	s := a.session
	if s.requestBody.Done() {
		return 0, io.EOF
	}
	s.waiting.suspend()
	defer s.waiting.resume()
	if err := a.sendContinue(); err != nil {
		return 0, err
	}
	n, err := s.requestBody.Read(p)
	if err != nil && err != io.EOF {
		s.stream.Record.End(clientCause(err), stream.InData)
		s.keep = false
	}
	return n, err
}

// sendContinue tells a client that waits for it to send the body, once, and not when it has begun by itself.
func (a *httpApplet) sendContinue() error {
	s := a.session
	if !s.asked.Expect || a.continued {
		return nil
	}
	a.continued = true
	if len(s.client.Buffered()) > 0 || s.started || older(s.request.Version()) {
		return nil
	}
	s.client.WriteString("HTTP/1.1 100 Continue\r\n\r\n")
	return s.client.Flush()
}

// StartResponse implements stream.Applet.
func (a *httpApplet) StartResponse() error {
	s := a.session
	switch {
	case a.answered:
		return ErrAnswered
	case s.started:
		return ErrStarted
	case s.response.Status() < 200:
		return ErrNoResponse
	}
	if !s.applyResponseRules() || !s.sendable() || !s.filterResponseHead() {
		a.answered = true
		return ErrAnswered
	}
	s.heedConnection()
	if s.asked.Expect && !a.continued {
		s.keep = false // a client that waits for a word before it sends may send or not
	}
	framing := s.serviceFraming()
	stream.AddHead(&s.stream.Record.BytesOut, &s.response)
	s.writer.Begin(&s.client, framing, framing.Kind == http1.NoBody || string(s.request.Method()) == "HEAD")
	return s.writeResponseHead(framing, false)
}

// serviceFraming says how a service's body is sent: by its Content-Length when it set one, else in chunks, else, to a
// client that knows none, until the connection closes.
func (s *session) serviceFraming() http1.Framing {
	if bodiless(s.response.Status()) {
		return http1.Framing{}
	}
	if n, ok := http1.ContentLength(&s.response); ok {
		return http1.Framing{Kind: http1.Length, Length: n}
	}
	if older(s.request.Version()) || older(s.response.Version()) {
		return http1.Framing{Kind: http1.UntilClose}
	}
	return http1.Framing{Kind: http1.Chunked}
}

// Write implements stream.Applet.
func (a *httpApplet) Write(p []byte) (int, error) {
	s := a.session
	switch {
	case a.answered:
		return 0, ErrAnswered
	case !s.started:
		return 0, ErrNotStarted
	}
	var n int
	var err error
	if s.filters != nil {
		n, err = a.writeFiltered(p)
	} else {
		n, err = s.writer.Write(p)
	}
	s.stream.Record.BytesOut += int64(n)
	return n, a.failed(err)
}

// Flush implements stream.Applet.
func (a *httpApplet) Flush() error { return a.failed(a.session.client.Flush()) }

// framingRoom is more than framing adds to a piece of a body, and Tidelock itself to a head.
const framingRoom = 256

// Ready implements stream.Applet.
func (a *httpApplet) Ready(n int) bool {
	s := a.session
	if s.started {
		return s.filters == nil && !a.answered && s.client.Takes(n+framingRoom)
	}
	const separators = len(": \r\n")
	head := s.response.Size() + separators*s.response.Blocks()
	return s.filters == nil && !a.answered && !s.rulesForResponse() && s.client.Takes(head+n+framingRoom)
}

// failed notes an error of sending to the client.
func (a *httpApplet) failed(err error) error {
	if err != nil && err != http1.ErrOverlong {
		a.session.stream.Record.End(clientCause(err), stream.InData)
		a.session.keep = false
	}
	return err
}

// Stream implements stream.Applet.
func (a *httpApplet) Stream() *stream.Stream { return &a.session.stream }
