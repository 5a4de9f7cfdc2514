package frontend

import (
	"errors"
	"time"

	"tidelock/proxy/http1"
	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// forward sends the request to a server and the response back.
func (s *session) forward() {
	s.prepareAttempt()
	if !s.assign() {
		s.replyError(503)
		return
	}
	replayable := s.replayable()
	s.rememberRequest()
	unwatch := s.watchForAbort()
	defer unwatch()
	for reuse := true; ; reuse = false {
		if !s.connect(reuse) {
			if s.aborted() {
				s.keep = false
				return
			}
			s.replyError(503)
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
			s.dropServer()
			if !s.again(true) {
				s.replyError(503)
				return
			}
			continue
		case err == nil:
			unwatch()
			s.rememberResponse()
			s.relayResponse()
			return
		case s.server.Exchanges > 0 && replayable && silent && !errors.Is(err, http1.ErrTimeout):
			// The server may close an idle connection at the very moment that a request leaves for it.
			s.upload.stop(s)
			s.dropServer()
			s.stream.Record.Retries++
			continue
		}
		s.failResponse(err)
		return
	}
}

// rememberResponse has the tables remember which server it is that has answered.
func (s *session) rememberResponse() {
	if remember := s.backend.RememberResponse; remember != nil {
		remember(&s.stream)
	}
	s.stream.StoreServer()
}

// replayable reports whether the request may be sent twice when a reused connection turns out to be closed: nothing of
// it was consumed, and a repetition does no harm (RFC 9110, section 9.2.2).
func (s *session) replayable() bool {
	if !s.asked.Body.Empty() {
		return false
	}
	switch string(s.request.Method()) {
	case "GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE":
		return !s.asked.Upgrade
	}
	return false
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
	if s.requestBody.Done() {
		return s.server.Flush()
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
		s.stream.Record.BytesOut -= int64(s.answered.Unlogged)
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
	s.upload.stop(s)
	record := &s.stream.Record
	var client *http1.FlushError
	switch {
	case errors.As(err, &client):
		record.End(clientCause(err), stream.InHeaders)
		s.keep = false
		return
	case s.upload.clientFailed():
		cause, phase := s.upload.cause(), stream.InData
		if cause == stream.ProxyDenied {
			phase = stream.InHeaders
		}
		record.End(cause, phase)
		s.keep = false
		s.replyUpload()
		return
	case s.aborted():
		record.End(stream.ClientAborted, stream.InHeaders)
		s.replyError(400) // it may still listen
		return
	case errors.Is(err, http1.ErrTimeout):
		record.End(stream.ServerTimeout, stream.InHeaders)
		s.replyError(504)
		return
	}
	cause := stream.ServerAborted
	if syntax := (*http1.SyntaxError)(nil); errors.As(err, &syntax) {
		cause = stream.ProxyDenied
		s.keepResponse()
	}
	record.End(cause, stream.InHeaders)
	s.replyError(502)
}

// replyUpload answers a client whose body made no sense or did not come.
func (s *session) replyUpload() {
	syntax := (*http1.SyntaxError)(nil)
	switch {
	case errors.As(s.upload.err, &syntax):
		s.replyError(syntax.Status)
	case errors.Is(s.upload.err, http1.ErrTimeout):
		s.replyError(408)
	}
}
