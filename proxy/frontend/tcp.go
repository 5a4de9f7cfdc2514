package frontend

import (
	"io"
	"time"

	"tidelock/proxy/counter"
	"tidelock/proxy/stream"
)

// serveTCP carries a connection whose bytes are not looked into.
func (s *session) serveTCP() {
	t := s.frontend.Timeouts
	s.stream.Request, s.stream.Response = nil, nil
	s.beginStream()
	s.client.SetReadTimeout(t.Client, time.Time{})
	s.client.SetWriteTimeout(t.Client)
	s.stream.Started = s.Accepted
	s.beginWaiting()
	s.exchangeTCP()
	s.endWaiting()
	if err := s.client.Flush(); err != nil {
		s.stream.Record.End(clientCause(err), stream.InData)
	}
	s.dropServer()
	s.linger()
	s.log()
}

func (s *session) exchangeTCP() {
	st := &s.stream
	if !s.applyTCPRules(s.frontend.ContentRules) {
		return
	}
	if st.Service == nil {
		if !s.chooseBackend() || !s.shared() && !s.applyTCPRules(s.backend.ContentRules) {
			return
		}
	}
	if st.Service != nil {
		st.Service.Serve(&tcpApplet{s}) // what failed is the service's to log: there is nothing to answer
		return
	}
	target := s.backend.Next()
	if target == nil {
		st.Record.End(stream.ServerAborted, stream.InConnect)
		return
	}
	st.Server = &target.Server
	s.enterServer()
	if !s.connect(target, false) {
		return
	}
	s.tunnel()
}

// applyTCPRules runs rules over the connection and reports whether it goes on. There is no answer to give: whatever
// refuses closes.
func (s *session) applyTCPRules(rules func(*stream.Stream) stream.Verdict) bool {
	if rules == nil {
		return true
	}
	switch rules(&s.stream) {
	case stream.Continue, stream.Stop:
		return true
	case stream.Failed:
		s.stream.Record.End(stream.Internal, stream.InRequest)
	default:
		s.countClient(counter.DeniedRequests)
		s.stream.Record.End(stream.ProxyDenied, stream.InRequest)
	}
	return false
}

// tcpApplet is the client's side of a TCP connection that a service answers.
type tcpApplet struct{ session *session }

var _ stream.Applet = (*tcpApplet)(nil)

// Read implements stream.Applet.
func (a *tcpApplet) Read(p []byte) (int, error) {
	s := a.session
	s.waiting.suspend()
	defer s.waiting.resume()
	if len(s.client.Buffered()) == 0 {
		if err := a.Flush(); err != nil {
			return 0, err
		}
	}
	n, err := s.client.Read(p)
	if err != nil && err != io.EOF {
		s.stream.Record.End(clientCause(err), stream.InData)
	}
	return n, err
}

// Write implements stream.Applet.
func (a *tcpApplet) Write(p []byte) (int, error) {
	n, err := a.session.client.Write(p)
	return n, a.failed(err)
}

// Flush implements stream.Applet.
func (a *tcpApplet) Flush() error { return a.failed(a.session.client.Flush()) }

func (a *tcpApplet) failed(err error) error {
	if err != nil {
		a.session.stream.Record.End(clientCause(err), stream.InData)
	}
	return err
}

// StartResponse implements stream.Applet: there is none in TCP.
func (a *tcpApplet) StartResponse() error { return ErrNoResponse }

// Stream implements stream.Applet.
func (a *tcpApplet) Stream() *stream.Stream { return &a.session.stream }
