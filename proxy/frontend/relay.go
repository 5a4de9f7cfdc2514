package frontend

import (
	"errors"
	"io"

	"tidelock/proxy/filter"
	"tidelock/proxy/http1"
	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// relayResponse sends the response that was received to the client.
func (s *session) relayResponse() {
	s.responseBody.Begin(s.server.Conn, s.answered.Body, &s.response, &s.client)
	s.offerResponse()
	proceed := s.guarded((*session).applyResponseRules)
	s.stream.ResponseInput = nil
	if !proceed {
		s.stream.Record.Timers.Response = stream.NotReached // for the log the server's response is none
		return
	}
	if s.blockLeak() {
		return
	}
	if !s.sign() {
		s.stream.Record.End(stream.ProxyDenied, stream.InHeaders)
		s.replyError(500)
		return
	}
	if !s.guarded((*session).sendable) || !s.filterResponseHead() {
		return
	}
	s.stream.Record.Status = s.response.Status()
	s.logEarly()
	if s.answered.Upgrade {
		s.writeResponseHead(http1.Framing{}, true) // of CONNECT with the lengths that it has, which mean nothing
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
	if err := s.relayBody(); err != nil {
		s.failRelay(err)
		return
	}
	if s.answered.KeepAlive && s.connectionMode() == server.KeepAlive && s.upload.finished(s) {
		s.keepServer()
	}
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
	if s.filters != nil {
		return s.relayFiltered()
	}
	for {
		if s.stream.Recorder == nil {
			if moved, err := s.responseBody.Relay(&s.writer); err != nil {
				return err
			} else if moved {
				continue
			}
		}
		piece, err := s.responseBody.Next()
		if err == io.EOF {
			if recorder := s.stream.Recorder; recorder != nil {
				recorder.Finish()
			}
			return s.writer.Close(&s.response)
		}
		if err != nil {
			return err
		}
		if recorder := s.stream.Recorder; recorder != nil {
			recorder.Write(piece)
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
	case errors.Is(err, filter.ErrRefused):
		record.End(stream.ProxyDenied, stream.InData)
		if s.client.Sent() == s.outBefore {
			s.client.DropUnsent()
		}
	case errors.As(err, &client):
		record.End(clientCause(err), stream.InData)
	case errors.As(err, &syntax) && s.client.Sent() == s.outBefore:
		s.client.DropUnsent()
		s.started = false
		s.stream.Record.BytesOut, s.stream.Record.Timers.Response = 0, stream.NotReached
		record.End(stream.ProxyDenied, stream.InHeaders)
		s.replyError(502)
		return
	case err == http1.ErrInterrupted:
		s.upload.stop(s)
		record.End(s.upload.cause(), stream.InData)
	default:
		record.End(serverCause(err), stream.InData)
	}
	s.keep = false
}
