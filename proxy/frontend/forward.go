package frontend

import (
	"errors"
	"syscall"
	"time"

	"tidelock/proxy/filter"
	"tidelock/proxy/http1"
	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// forward sends the request to a server and the response back.
func (s *session) forward() {
	s.prepareAttempt()
	s.waiting.patient.Store(!s.abortsOnClose())
	if !s.assign() {
		s.replyUnserved()
		return
	}
	if s.redirectToServer() {
		return
	}
	s.rememberRequest()
	unwatch := s.watchForAbort()
	defer unwatch()
	for reuse := true; ; reuse = false {
		if !s.connect(reuse) {
			s.replyUnserved()
			return
		}
		if !s.startFilteringResponse() {
			return
		}
		if !s.nameServer() {
			s.stream.Record.End(stream.ProxyDenied, stream.InRequest)
			s.replyError(500)
			return
		}
		heard := s.server.Received()
		err := s.sendRequest()
		if err == nil {
			err = s.receiveResponse()
		}
		if err != nil && s.aborted() {
			s.failResponse(err)
			return
		}
		silent := s.server.Received() == heard
		s.observe(err)
		switch {
		case s.repeats(err, silent):
			s.upload.stop(s)
			s.traceAttempted(err)
			s.dropServer()
			if !s.again(true) {
				s.replyUnserved()
				return
			}
			continue
		case err == nil:
			unwatch()
			s.waiting.patient.Store(false)
			s.rememberResponse()
			s.relayResponse()
			return
		}
		s.failResponse(err)
		return
	}
}

// replyUnserved answers a request that got no server, if anybody waits for an answer.
func (s *session) replyUnserved() {
	if s.aborted() {
		s.keep = false
		return
	}
	s.replyError(503)
}

// rememberResponse has the tables remember which server it is that has answered.
func (s *session) rememberResponse() {
	if remember := s.backend.RememberResponse; remember != nil {
		remember(&s.stream)
	}
	s.stream.StoreServer()
}

// sendRequest writes the request. A body that is not there yet is carried by a second goroutine, because the server may
// answer before it has all of it.
func (s *session) sendRequest() error {
	framing := s.requestFraming()
	option := http1.Unsaid
	switch {
	case s.asked.Upgrade:
		option = http1.PassUpgrade
	case s.connectionMode() != server.KeepAlive && !s.backend.PretendKeepalive:
		if !older(s.request.Version()) {
			option = http1.SayClose
		}
	case older(s.request.Version()) && framing.Kind != http1.Chunked:
		option = http1.SayKeepAlive
	}
	if err := s.server.WriteHead(&s.request, framing, false, option); err != nil {
		return err
	}
	s.stream.ReqVariables.Reset()
	s.stream.RequestInput = nil
	if len(s.attempt.body) > 0 {
		return s.sendRemembered(framing)
	}
	if s.requestBody.Done() && s.filters == nil {
		s.gather()
		return s.server.FlushBeforeFill()
	}
	s.waiting.suspend()
	s.upload.writer.Begin(s.server.Conn, framing, false)
	s.requestBody.FlushBeforeWait(s.server.Conn)
	if !s.requestBody.Buffered() {
		s.upload.start(s)
		return nil
	}
	err := s.upload.copy(s)
	s.waiting.resume()
	return err
}

// connectionMode combines the modes of both sides: the stronger one holds.
func (s *session) connectionMode() server.ConnectionMode {
	return max(s.frontend.Connection, s.backend.Connection)
}

// requestFraming says how the body goes to the server: as it came, unless a rule took its length away.
func (s *session) requestFraming() http1.Framing {
	framing := s.asked.Body
	if framing.Kind == http1.Length && s.request.Find("content-length", -1) < 0 && !older(s.request.Version()) {
		if framing.Length == 0 {
			return http1.Framing{}
		}
		return http1.Framing{Kind: http1.Chunked}
	}
	return framing
}

// receiveResponse reads the head of the final response, passing on interim ones.
func (s *session) receiveResponse() error {
	sent := time.Now()
	for {
		s.response.Reset()
		err := s.server.ReadResponse(&s.response, &s.request, &s.asked, &s.answered)
		if err != nil {
			return err
		}
		s.countResponse()
		if status := s.response.Status(); status >= 200 || status == 101 {
			s.stream.Record.Timers.Response = time.Since(sent)
			s.stream.CountResponse()
			return nil
		}
		if err := s.SendInterim(&s.response); err != nil {
			return &http1.FlushError{Err: err}
		}
	}
}

// failResponse answers for a server that did not.
func (s *session) failResponse(err error) {
	sending := !s.upload.finished(s)
	s.upload.stop(s)
	record := &s.stream.Record
	var client *http1.FlushError
	var syntax *http1.SyntaxError
	switch {
	case errors.As(err, &client):
		record.End(clientCause(err), stream.InHeaders)
		s.keep = false
	case s.upload.clientFailed():
		cause, phase := s.upload.cause(), stream.InData
		if cause == stream.ProxyDenied {
			phase = stream.InHeaders
		}
		record.End(cause, phase)
		s.keep = false
		s.replyUpload()
	case s.aborted():
		record.End(stream.ClientAborted, stream.InHeaders)
		s.replyError(400) // it may still listen
	case errors.Is(err, http1.ErrTimeout):
		record.End(stream.ServerTimeout, stream.InHeaders)
		s.replyError(504)
	case errors.As(err, &syntax):
		s.keepResponse()
		record.End(stream.ProxyDenied, stream.InHeaders)
		s.replyError(502)
	case sending && isReset(err):
		record.End(stream.ServerAborted, stream.InData)
		s.keep = false
	case !s.stream.First:
		// The client has met a live connection before, and sends again what a closed one leaves without an answer (RFC
		// 9112, section 9.3.1): as in HAProxy nothing is said of it, not even in the log.
		record.End(stream.ServerAborted, stream.InHeaders)
		s.keep, s.logged = false, true
	default:
		record.End(stream.ServerAborted, stream.InHeaders)
		s.replyError(502)
	}
}

// isReset reports whether a connection was reset by its peer.
func isReset(err error) bool {
	return errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// replyUpload answers a client whose body made no sense or did not come.
func (s *session) replyUpload() {
	syntax := (*http1.SyntaxError)(nil)
	switch {
	case errors.As(s.upload.err, &syntax):
		s.replyError(syntax.Status)
	case errors.Is(s.upload.err, filter.ErrRefused):
		s.replyError(400)
	case errors.Is(s.upload.err, http1.ErrTimeout):
		s.replyError(408)
	}
}
