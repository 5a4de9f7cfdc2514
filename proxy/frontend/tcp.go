package frontend

import (
	"io"
	"time"

	"tidelock/proxy/stream"
)

// serveTCP carries a connection whose bytes are not looked into. It reports whether the session waits in the lot, as one
// that turned out to carry HTTP may.
func (s *session) serveTCP() (parked bool) {
	t := s.frontend.Timeouts
	s.stream.Request, s.stream.Response = nil, nil
	s.beginStream()
	s.stream.Record.Status = 0
	s.stream.Record.Timers.Handshake = s.ended
	s.client.SetReadTimeout(t.Client, time.Time{})
	s.client.SetWriteTimeout(t.Client)
	s.stream.ID, s.stream.Started = streamIDs.Add(1), s.Accepted
	s.presence.appear(s.stream.ID, s.Accepted)
	s.beginWaiting()
	s.beginTrace()
	s.offerRequest()
	if s.attachFilters(s.frontend.Filters) && s.exchangeTCP() {
		s.endWaiting()
		s.endTrace() // each request has one of its own
		return s.serveHTTP(switched)
	}
	s.stream.RequestInput = nil
	s.endWaiting()
	if err := s.client.Flush(); err != nil {
		s.stream.Record.End(clientCause(err), stream.InData)
	}
	if s.server != nil {
		s.stream.Record.BytesOut += s.server.Received()
	}
	s.dropServer()
	s.release()
	s.stopFilters()
	s.stream.Record.BytesIn += s.client.Received()
	s.log()
	s.linger()
	return false
}

// exchangeTCP carries the connection to its end. It reports true instead when the connection turns out to be one of HTTP:
// because a rule says so, or the backend chosen speaks it.
func (s *session) exchangeTCP() (switched bool) {
	st := &s.stream
	verdict := s.inspect(s.frontend.ContentRules, &s.requestInput, s.frontend.InspectDelay)
	if verdict == stream.SwitchHTTP {
		return true
	}
	if !s.obeyTCP(verdict, stream.InRequest) {
		return false
	}
	if st.Service == nil {
		if !s.chooseBackend() {
			return false
		}
		b := s.backend
		if b.Proxy.Mode == stream.ModeHTTP {
			return true
		}
		if !s.attachBackendFilters() {
			return false
		}
		if !s.shared() && !s.obeyTCP(s.inspect(b.ContentRules, &s.requestInput, b.InspectDelay), stream.InRequest) {
			return false
		}
	}
	if st.Service != nil {
		st.RequestInput = nil
		a := &tcpApplet{s}
		st.Service.Serve(a) // what failed is the service's to log: there is nothing to answer
		a.Flush()
		return false
	}
	s.prepareAttempt()
	st.RequestInput = nil
	if !s.assign() || !s.connect(false) {
		return false
	}
	if !s.startFilteringResponse() {
		return false
	}
	st.StoreServer()
	s.logEarly()
	s.sendPassed()
	s.tunnel()
	return false
}

// obeyTCP does what a verdict says in a phase and reports whether the connection goes on. There is no answer to give:
// whatever refuses closes.
func (s *session) obeyTCP(verdict stream.Verdict, phase stream.Phase) bool {
	record := &s.stream.Record
	switch verdict {
	case stream.Continue, stream.Stop:
		return true
	case stream.Failed:
		record.End(stream.Internal, phase)
		return false
	}
	for _, in := range []*input{&s.requestInput, &s.responseInput} {
		if in.err != nil {
			cause := clientCause
			if in == &s.responseInput {
				cause = serverCause
			}
			record.End(cause(in.err), phase)
			in.err = nil
			return false
		}
	}
	s.countDenied(phase)
	record.End(stream.ProxyDenied, phase)
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
	a.session.stream.Record.BytesOut += int64(n)
	return n, a.failed(err)
}

// Flush implements stream.Applet.
func (a *tcpApplet) Flush() error { return a.failed(a.session.client.Flush()) }

// Ready implements stream.Applet.
func (a *tcpApplet) Ready(n int) bool { return a.session.filters == nil && a.session.client.Takes(n) }

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
