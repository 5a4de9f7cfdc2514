package frontend

import (
	"errors"
	"io"
	"time"

	"tidelock/proxy/http1"
	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// forward sends the request to a server and the response back.
func (s *session) forward() {
	target := s.backend.Next()
	if target == nil {
		s.stream.Record.End(stream.ServerAborted, stream.InConnect)
		s.replyError(503)
		return
	}
	s.stream.Server = target.Name
	s.stream.Record.Timers.Queue = 0
	target.Stats.Requests.Add(1)
	replayable := s.replayable()
	for reuse := true; ; reuse = false {
		if !s.connect(target, reuse, replayable) {
			s.stream.Record.End(stream.ServerAborted, stream.InConnect)
			s.replyError(503)
			return
		}
		err := s.sendRequest()
		if err == nil {
			err = s.receiveResponse()
		}
		if err == nil {
			break
		}
		// The server may close an idle connection at the very moment that a request leaves for it.
		if s.server.Exchanges > 0 && replayable && s.response.Empty() && len(s.server.Buffered()) == 0 &&
			!errors.Is(err, http1.ErrTimeout) {
			s.upload.stop(s)
			s.dropServer()
			s.stream.Record.Retries++
			continue
		}
		s.failResponse(err)
		return
	}
	s.relayResponse()
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

// connect takes an idle connection to the server or opens one, and reports whether there is one now.
func (s *session) connect(target *server.Server, reuse, replayable bool) bool {
	record := &s.stream.Record
	if reuse {
		for c := target.Idle(); c != nil; c = target.Idle() {
			if replayable || c.Alive() {
				record.Reused = true
				record.Timers.Connect = 0
				target.Stats.Reused.Add(1)
				return s.adopt(c)
			}
			c.Close()
		}
	}
	record.Reused = false
	begin := time.Now()
	c := s.dial(target)
	if c == nil {
		return false
	}
	record.Timers.Connect = time.Since(begin)
	return s.adopt(c)
}

// dial opens a connection to the server, trying again as the backend allows.
func (s *session) dial(target *server.Server) *server.Conn {
	timeouts := &s.backend.Timeouts
	for attempt := 0; ; attempt++ {
		c, err := target.Dial(s.frontend.cut, timeouts.Connect)
		if err == nil {
			return c
		}
		if attempt >= s.backend.Retries {
			return nil
		}
		s.stream.Record.Retries++
		// Like HAProxy wait before trying the same server again, so that one that restarts is given the time.
		pause := time.Second
		if timeouts.Connect > 0 {
			pause = min(pause, timeouts.Connect)
		}
		select {
		case <-time.After(pause):
		case <-s.frontend.cut.Done():
			return nil
		}
	}
}

// adopt makes c the session's server connection.
func (s *session) adopt(c *server.Conn) bool {
	c.Server.Stats.Active.Add(1)
	c.SetReadTimeout(s.backend.Timeouts.Server, time.Time{})
	c.SetWriteTimeout(s.backend.Timeouts.Server)
	return s.setServer(c)
}

// sendRequest writes the request. A body that is not there yet is carried by a second goroutine, because the server may
// answer before it has all of it.
func (s *session) sendRequest() error {
	framing := s.requestFraming()
	option := http1.Unsaid
	switch {
	case s.asked.Upgrade:
		option = http1.PassUpgrade
	case s.backend.ServerClose:
		option = http1.SayClose
	case older(s.request.Version()) && framing.Kind != http1.Chunked:
		option = http1.SayKeepAlive
	}
	if err := s.server.WriteHead(&s.request, framing, false, option); err != nil {
		return err
	}
	s.stream.ReqVariables.Reset()
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
		if status := s.response.Status(); status >= 200 || status == 101 {
			s.stream.Record.Timers.Response = time.Since(sent)
			if s.upload.finished(s) {
				s.waiting.resume()
			}
			return nil
		}
		if err := s.sendInterim(); err != nil {
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
		record.End(clientCause(s.upload.err), stream.InData)
		s.keep = false
		s.replyUpload()
		return
	case errors.Is(err, http1.ErrTimeout):
		record.End(stream.ServerTimeout, stream.InHeaders)
		s.replyError(504)
		return
	}
	cause := stream.ServerAborted
	if syntax := (*http1.SyntaxError)(nil); errors.As(err, &syntax) {
		cause = stream.ProxyDenied
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

// relayResponse sends the response that was received to the client.
func (s *session) relayResponse() {
	if !s.applyResponseRules() {
		return
	}
	if after := s.frontend.AfterResponseRules; after != nil {
		after(&s.stream)
	}
	if s.answered.Upgrade {
		s.writeResponseHead(http1.Framing{}, true)
		s.tunnel()
		return
	}
	framing := s.responseFraming()
	if err := s.writeResponseHead(framing, false); err != nil {
		s.stream.Record.End(clientCause(err), stream.InData)
		s.keep = false
		return
	}
	s.writer.Begin(&s.client, framing, false)
	s.responseBody.Begin(s.server.Conn, s.answered.Body, &s.response, &s.client)
	if err := s.relayBody(); err != nil {
		s.failRelay(err)
		return
	}
	if s.answered.KeepAlive && !s.backend.ServerClose && s.upload.finished(s) {
		s.keepServer()
	}
	s.stream.ResVariables.Reset()
}

// responseFraming says how the body goes to the client: as it came, where the client's version can take that.
func (s *session) responseFraming() http1.Framing {
	framing := s.answered.Body
	chunks := !older(s.request.Version()) && !older(s.response.Version())
	switch {
	case framing.Kind == http1.Chunked && !chunks:
		return http1.Framing{Kind: http1.UntilClose}
	case framing.Kind == http1.Length && s.response.Find("content-length", -1) < 0:
		if chunks {
			return http1.Framing{Kind: http1.Chunked}
		}
		return http1.Framing{Kind: http1.UntilClose}
	}
	return framing
}

// relayBody copies the response's body. Errors of the client's side are *http1.FlushError.
func (s *session) relayBody() error {
	for {
		piece, err := s.responseBody.Next()
		if err == io.EOF {
			return s.writer.Close(&s.response)
		}
		if err != nil {
			return err
		}
		if _, err := s.writer.Write(piece); err != nil {
			return &http1.FlushError{Err: err}
		}
	}
}

// failRelay notes why a response's body did not come to its end. While nothing of the response has been sent, the client
// can still be told.
func (s *session) failRelay(err error) {
	record := &s.stream.Record
	var client *http1.FlushError
	var syntax *http1.SyntaxError
	switch {
	case errors.As(err, &client):
		record.End(clientCause(err), stream.InData)
	case errors.As(err, &syntax) && s.client.Sent() == s.outBefore:
		s.client.DropUnsent()
		s.started = false
		record.End(stream.ProxyDenied, stream.InHeaders)
		s.replyError(502)
		return
	default:
		record.End(serverCause(err), stream.InData)
	}
	s.keep = false
}
