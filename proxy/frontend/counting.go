package frontend

import (
	"time"

	"tidelock/proxy/counter"
	"tidelock/proxy/sticktable"
	"tidelock/proxy/stream"
)

// countAccept counts a connection that was accepted.
func (s *session) countAccept() {
	p := s.Session.Frontend
	s.frontend.Paces.Connections.Count(s.Accepted)
	p.Process.Accept(s.Accepted)
	p.FrontendCounters.Connect(s.Accepted)
	p.FrontendCounters.Hold()
	s.Listener.Counters.Hold()
}

// countSession counts a connection that rules admitted.
func (s *session) countSession() {
	p := s.Session.Frontend
	s.frontend.Paces.Sessions.Count(s.Accepted)
	s.frontend.Paces.Own.Count(s.Accepted)
	p.Process.Session(s.Accepted)
	p.FrontendCounters.Begin(s.Accepted)
	s.Listener.Counters.Begin(s.Accepted)
}

// countClose is the end of what countAccept began.
func (s *session) countClose() {
	s.Listener.Counters.Leave()
	s.Session.Frontend.FrontendCounters.Leave()
	s.Session.Frontend.Process.Close()
}

// countRequest counts an HTTP request that was understood.
func (s *session) countRequest() {
	p := s.Session.Frontend
	p.Process.Request()
	p.FrontendCounters.Request(s.stream.Started)
	s.stream.Count(sticktable.Request, 1)
}

// countRefused counts what did not become a request: malformed, or missing.
func (s *session) countRefused(malformed bool) {
	p := s.Session.Frontend
	p.Process.Request()
	p.FrontendCounters.Request(s.stream.Started)
	s.countClient(counter.RequestErrors)
	if malformed {
		s.stream.Count(sticktable.Request, 1) // it began, whatever it was
		s.stream.Count(sticktable.Error, 1)
	}
}

// countFault counts what is the client's fault.
func (s *session) countFault(c counter.Count) {
	s.countClient(c)
	s.stream.Count(sticktable.Error, 1)
}

// countClient counts an event of the client's side.
func (s *session) countClient(c counter.Count) {
	s.Session.Frontend.FrontendCounters.Add(c, 1)
	s.Listener.Counters.Add(c, 1)
}

// countServer counts an event of the server's side. Each use of a connection, or attempt to open one, is a session of the
// server.
func (s *session) countServer(c counter.Count) {
	s.backend.Proxy.BackendCounters.Add(c, 1)
	if s.stream.Server == nil {
		return
	}
	row := s.stream.Server.Counters
	row.Add(c, 1)
	if c == counter.Connects || c == counter.Reuses {
		row.Begin(time.Now())
	}
}

// countDenied counts an exchange that rules refused in a phase.
func (s *session) countDenied(phase stream.Phase) {
	c := counter.DeniedRequests
	if phase == stream.InHeaders || phase == stream.InData {
		c = counter.DeniedResponses
	}
	if c == counter.DeniedRequests {
		s.countFault(c)
	} else {
		s.countClient(c)
	}
	if s.backend == nil {
		return
	}
	s.backend.Proxy.BackendCounters.Add(c, 1)
	if s.stream.Server != nil {
		s.stream.Server.Counters.Add(c, 1)
	}
}

// enterBackend counts an exchange that a backend was chosen for.
func (s *session) enterBackend() {
	s.stream.Record.ExpectCookie(s.backend.Proxy)
	row := s.backend.Proxy.BackendCounters
	row.Enter(s.stream.Started)
	row.Add(counter.Requests, 1)
}

// enterServer counts an exchange that a server was chosen for.
func (s *session) enterServer() {
	now := time.Now()
	s.backend.Proxy.BackendCounters.Select(now)
	row := s.stream.Server.Counters
	row.Select(now)
	row.Hold()
}

// countResponse counts a response of the server's, interim ones included.
func (s *session) countResponse() {
	stream.AddHead(&s.stream.Record.BytesOut, &s.response)
	if s.stream.Server == nil {
		return
	}
	row := s.stream.Server.Counters
	row.Add(counter.Requests, 1)
	row.Respond(s.response.Status())
}

// leave is the end of what enterBackend and enterServer began.
func (s *session) leave() {
	if s.backend == nil {
		return
	}
	s.backend.Proxy.BackendCounters.Leave()
	if st := &s.stream; st.Server != nil {
		st.Server.Counters.Leave()
	}
}

// countExchange counts what the record says of a finished exchange, everywhere that it passed.
func (s *session) countExchange() {
	st := &s.stream
	r := &st.Record
	st.Count(sticktable.BytesIn, r.BytesIn)
	st.Count(sticktable.BytesOut, r.BytesOut)
	front := s.Session.Frontend.FrontendCounters
	rows := [...]*counter.Row{front, s.Listener.Counters, nil, nil}
	if s.backend != nil {
		rows[2] = s.backend.Proxy.BackendCounters
		if st.Server != nil {
			rows[3] = st.Server.Counters
		}
		s.countEnd(rows[2], rows[3])
	}
	if r.Termination.Cause == stream.Local && r.Termination.Phase == stream.InRequest && st.Service == nil {
		front.Add(counter.Intercepted, 1)
	}
	for _, row := range rows {
		row.Add(counter.BytesIn, uint64(r.BytesIn))
		row.Add(counter.BytesOut, uint64(r.BytesOut))
	}
	if st.Request != nil {
		front.Respond(r.Status)
		rows[2].Respond(r.Status)
	}
}

// countEnd counts how an exchange ended for its backend and server.
func (s *session) countEnd(rows ...*counter.Row) {
	r := &s.stream.Record
	t := &r.Timers
	transfer := r.Termination.Phase == stream.InData || r.Termination.Phase == stream.InLastTransfer
	timed := s.stream.Server != nil || s.backend.Direct != nil && t.Connect != stream.NotReached
	for _, row := range rows {
		if timed {
			row.Times(t.Queue, t.Connect, t.Response, t.Active)
		}
		switch r.Termination.Cause {
		case stream.ClientAborted, stream.ClientTimeout:
			row.Add(counter.ClientAborts, 1)
		case stream.ServerAborted:
			if transfer {
				row.Add(counter.ServerAborts, 1)
			}
		case stream.ServerTimeout:
			if transfer {
				row.Add(counter.ServerAborts, 1)
			}
		}
		if failedResponse(r.Termination) && s.stream.Request != nil {
			row.Add(counter.ResponseErrors, 1)
		}
	}
}

// failedResponse reports whether the server is to blame for how an exchange ended after it was connected.
func failedResponse(t stream.Termination) bool {
	switch t.Phase {
	case stream.InHeaders:
		return t.Cause == stream.ServerAborted || t.Cause == stream.ServerTimeout
	case stream.InData:
		return t.Cause == stream.ServerAborted
	}
	return false
}
