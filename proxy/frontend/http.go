package frontend

import (
	"errors"
	"io"
	"time"

	"tidelock/proxy/counter"
	"tidelock/proxy/http1"
	"tidelock/proxy/server"
	"tidelock/proxy/sticktable"
	"tidelock/proxy/stream"
)

// opening is how a connection came to carry HTTP.
type opening uint8

const (
	accepted opening = iota // just now
	switched                // it began in TCP mode: content was inspected, a backend may be chosen
	later                   // it carried exchanges and waited in the lot
)

// serveHTTP carries exchanges until the connection has to close, or waits in the lot: then it reports true.
func (s *session) serveHTTP(o opening) (parked bool) {
	s.client.SetWriteTimeout(s.frontend.Timeouts.Client)
	chosen := s.backend
	for first := o != later; ; first = false {
		s.equip()
		s.stream.Request, s.stream.Response = &s.request, &s.response
		s.beginStream()
		if parked, ok := s.receive(first); !ok {
			return parked
		}
		if first {
			s.backend = chosen
		}
		if s.attachFilters(s.frontend.Filters) {
			s.exchangeHTTP(first && o == switched)
		}
		if !s.finish() {
			return false
		}
	}
}

// beginStream makes the stream ready for another exchange.
func (s *session) beginStream() {
	st := &s.stream
	st.Session, st.Frontend, st.Control = &s.Session, s.frontend.Proxy, s
	st.Reset()
	limit := s.client.BufferSize()
	s.request.SetLimit(limit)
	s.response.SetLimit(limit)
	s.keep, s.started, s.backend = false, false, nil
	s.asked = http1.Head{}
	s.responseBody.Begin(nil, http1.Framing{}, nil, nil)
	// Until the head says otherwise, whatever comes is part of what cannot be understood.
	s.requestBody.Begin(&s.client, http1.Framing{Kind: http1.UntilClose}, &s.request, nil)
	s.stopFilters()
	s.applet = httpApplet{session: s}
	s.outBefore, s.logged = s.client.Sent(), false
}

// receive waits for a request and reads its head. When it reports that none is there the connection is to be closed, after
// an error reply where one is due, or waits for one in the lot.
func (s *session) receive(first bool) (parked, ok bool) {
	if parked, ok := s.awaitFirstByte(first); !ok {
		return parked, false
	}
	st := &s.stream
	st.ID = streamIDs.Add(1) // waiting for a request is no exchange yet
	st.Started = time.Now()
	s.presence.appear(st.ID, st.Started)
	st.Record.Timers.Idle = st.Started.Sub(s.Accepted) - s.ended
	if first {
		st.Record.Timers.Handshake = s.ended
	}
	t := s.frontend.Timeouts
	var until time.Time
	if t.HTTPRequest > 0 {
		until = st.Started.Add(t.HTTPRequest)
		if first {
			until = s.Accepted.Add(t.HTTPRequest)
		}
	}
	s.client.SetReadTimeout(t.Client, until)
	if err := s.client.ReadRequest(&s.request, &s.asked); err != nil {
		s.refuse(err)
		return false, false
	}
	st.ReceivedMethod, st.ReceivedURI = s.request.Method(), s.request.URI()
	st.First = first
	st.Record.ExpectCookie(st.Frontend)
	st.Record.Timers.Request = time.Since(st.Started)
	stream.AddHead(&st.Record.BytesIn, &s.request)
	s.countRequest()
	s.client.SetReadTimeout(t.Client, time.Time{})
	s.requestBody.Begin(&s.client, s.asked.Body, &s.request, &s.client)
	s.keep = s.asked.KeepAlive && s.frontend.Connection != server.Close
	s.beginWaiting()
	s.beginTrace()
	s.offerRequest()
	return false, true
}

// refuse answers what could not be read as a request, and logs it.
func (s *session) refuse(err error) {
	var syntax *http1.SyntaxError
	status, cause := 0, stream.ClientAborted
	s.stream.Record.Received = s.client.Received() > 0
	s.countRefused(errors.As(err, &syntax))
	switch {
	case syntax != nil:
		s.keepRequest()
		status, cause = syntax.Status, stream.ProxyDenied
	case s.frontend.IgnoreProbes && !s.stream.Record.Received:
		return
	case err == http1.ErrTimeout:
		status, cause = 408, stream.ClientTimeout
	case err == io.EOF:
		status = 400 // it may still listen
	}
	s.stream.Record.End(cause, stream.InRequest)
	s.keep = false
	s.request.Reset()
	if status != 0 {
		s.replyRaw(status)
	} else {
		s.stream.Record.Status = 400 // so says HAProxy's log, though nobody is there to be told
	}
	s.client.Flush()
	// What answers a request that was not understood is counted nowhere.
	s.stream.Record.BytesIn, s.stream.Record.BytesOut = 0, 0
	s.log()
	s.linger()
}

// refuseBody answers a request whose body could not be waited for.
func (s *session) refuseBody(err error) {
	record := &s.stream.Record
	var syntax *http1.SyntaxError
	s.countClient(counter.RequestErrors)
	switch {
	case errors.As(err, &syntax):
		s.stream.Count(sticktable.Error, 1)
		record.End(stream.ProxyDenied, stream.InRequest)
		s.replyRaw(syntax.Status)
	case err == http1.ErrTimeout:
		record.Timers.Request = stream.NotReached
		record.End(stream.ClientTimeout, stream.InRequest)
		s.replyError(408)
	default:
		record.End(stream.ClientAborted, stream.InRequest)
	}
	s.keep = false
}

// exchangeHTTP has a request answered. Rules over its content have run already when inspected is set.
func (s *session) exchangeHTTP(inspected bool) {
	st := &s.stream
	f := s.frontend
	content := f.ContentRules
	if inspected {
		content = nil
	}
	if !s.prepareRequest(content, f.InspectDelay, f.BufferRequest, f.RequestRules) {
		return
	}
	if st.Service == nil {
		if !s.chooseBackend() {
			s.replyError(503)
			return
		}
		if !s.attachBackendFilters() {
			return
		}
		b := s.backend
		if !s.shared() && !s.prepareRequest(b.ContentRules, b.InspectDelay, b.BufferRequest && !f.BufferRequest, b.RequestRules) {
			return
		}
	}
	if st.Service != nil {
		if s.filterRequestHead() && s.startFilteringResponse() {
			s.serveService()
		}
		return
	}
	if s.applyRequestRules(f.ForwardRules) && s.filterRequestHead() {
		s.forward()
	}
}

// shared reports whether frontend and backend are one section, whose rules ran already.
func (s *session) shared() bool { return s.backend.Proxy == s.frontend.Proxy }

// chooseBackend has a backend chosen, unless there is one, and reports whether there is one.
func (s *session) chooseBackend() bool {
	if choose := s.frontend.ChooseBackend; choose != nil && s.backend == nil {
		s.backend = choose(&s.stream)
	}
	if s.backend == nil {
		s.stream.Record.Timers.Request = stream.NotReached // so HAProxy
		s.stream.Record.End(stream.ServerAborted, stream.InConnect)
		return false
	}
	s.stream.Backend = s.backend.Proxy
	s.presence.choose(s.backend.Proxy)
	s.enterBackend()
	return true
}

// finish ends the exchange and reports whether the connection carries another.
func (s *session) finish() bool {
	if s.backend != nil && s.backend.Connection == server.Close {
		s.keep = false // the client was not told of it: only its frontend's mode is for it to know
	}
	s.stream.RequestInput = nil
	s.upload.stop(s)
	s.endWaiting()
	s.dropServer()
	s.release()
	s.gather()
	if err := s.client.Flush(); err != nil {
		s.stream.Record.End(clientCause(err), stream.InData)
		s.keep = false
	}
	s.stopFilters()
	if s.keep && !s.requestBody.Done() {
		s.keep = s.drain()
	}
	s.stream.Record.BytesIn += s.requestBody.Size()
	s.log()
	if !s.keep && s.started {
		s.linger()
	}
	if !s.served.Load() {
		s.served.Store(true) // before looking whether the frontend stops, so that either this sees that or StopAccepting sees s
	}
	return s.keep && !s.frontend.stopping.Load()
}

// logEarly writes the log line before the data, where the configuration wants that (option logasap).
func (s *session) logEarly() {
	if s.frontend.Log == nil || !s.frontend.LogASAP {
		return
	}
	s.logged = true
	s.stopTimers(time.Now())
	s.stream.Record.Early = true
	in := s.stream.Record.BytesIn
	s.stream.Record.BytesIn = 0 // HAProxy knows it at the end only
	s.frontend.Log(&s.stream)
	s.stream.Record.BytesIn = in
}

func (s *session) stopTimers(now time.Time) {
	t := &s.stream.Record.Timers
	t.Active = now.Sub(s.stream.Started)
	t.Total = t.Active
	if s.stream.Request != nil {
		t.Total += max(t.Idle, 0) + t.Handshake // a TCP exchange begins when the connection is accepted
	}
}

// log completes the record and hands it on.
func (s *session) log() {
	st := &s.stream
	r := &st.Record
	now := time.Now()
	s.stopTimers(now)
	s.ended = now.Sub(s.Accepted)
	r.BytesOut += s.responseBody.Size()
	out := s.client.Sent()
	s.Session.Frontend.Process.Send(now, uint64(out-s.outBefore))
	if s.wasCut() {
		r.Termination.Cause = stream.Killed
		if r.Termination.Phase == stream.Done {
			r.Termination.Phase = stream.InData
		}
	}
	s.countExchange()
	s.leave()
	r.Early = s.frontend.LogASAP
	if s.frontend.Log != nil && !s.logged {
		s.frontend.Log(st)
	}
	s.endTrace()
	st.EndTracking()
	s.presence.vanish()
}

// clientCause says how the client's side ended from an error of it.
func clientCause(err error) stream.Cause {
	if errors.Is(err, http1.ErrTimeout) {
		return stream.ClientTimeout
	}
	return stream.ClientAborted
}

// serverCause is clientCause for the server's side.
func serverCause(err error) stream.Cause {
	if errors.Is(err, http1.ErrTimeout) {
		return stream.ServerTimeout
	}
	return stream.ServerAborted
}
