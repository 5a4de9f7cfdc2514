package frontend

import (
	"time"

	"tidelock/proxy/counter"
	"tidelock/proxy/sticktable"
)

// countAccept counts a connection that was accepted.
func (s *session) countAccept() {
	p := s.Session.Frontend
	p.Process.Accept(s.Accepted)
	p.Process.Session(s.Accepted)
	p.FrontendCounters.Connect(s.Accepted)
	p.FrontendCounters.Enter(s.Accepted)
	s.Listener.Counters.Enter(s.Accepted)
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

// countServer counts an event of the server's side.
func (s *session) countServer(c counter.Count) {
	s.backend.Proxy.BackendCounters.Add(c, 1)
	s.stream.Server.Counters.Add(c, 1)
}

// enterBackend counts an exchange that a backend was chosen for.
func (s *session) enterBackend() {
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
	row.Enter(now)
	row.Add(counter.Requests, 1)
}

// countExchange counts what the record says of a finished exchange, everywhere that it passed.
func (s *session) countExchange() {
	st := &s.stream
	r := &st.Record
	now := st.Started.Add(r.Timers.Active)
	st.Count(sticktable.BytesIn, r.BytesIn)
	st.Count(sticktable.BytesOut, r.BytesOut)
	front := s.Session.Frontend
	front.Process.Send(now, uint64(r.BytesOut))
	rows := [...]*counter.Row{front.FrontendCounters, s.Listener.Counters, nil, nil}
	t := &r.Timers
	if s.backend != nil {
		rows[2] = s.backend.Proxy.BackendCounters
		rows[2].Leave()
	}
	if st.Server != nil && st.Service == nil {
		rows[3] = st.Server.Counters
		rows[3].Leave()
		for _, row := range rows[2:] {
			row.Times(t.Queue, t.Connect, t.Response, t.Active)
		}
	}
	for _, row := range rows {
		row.Add(counter.BytesIn, uint64(r.BytesIn))
		row.Add(counter.BytesOut, uint64(r.BytesOut))
		if r.Status > 0 && row != nil && row.HTTP {
			row.Respond(r.Status)
		}
	}
}
