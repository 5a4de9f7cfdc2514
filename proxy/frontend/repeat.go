package frontend

import (
	"errors"
	"io"
	"slices"

	"tidelock/proxy/http1"
	"tidelock/proxy/server"
)

// rememberRequest keeps the request for another attempt, where the backend wants those for what servers answer: as in
// HAProxy the whole of it must have arrived, and fit in a buffer.
func (s *session) rememberRequest() {
	a := &s.attempt
	retry := &s.backend.Retry
	if retry.On&^server.ConnFailure == 0 && len(retry.Statuses) == 0 || s.stream.Overrides.NoReplay || s.asked.Upgrade || !s.keepsWhole() {
		return
	}
	if s.requestBody.Done() {
		a.repeatable = true
		return
	}
	if s.requestBody.Framing().Kind != http1.Length || !s.requestBody.Buffered() || s.asked.Expect {
		return
	}
	for {
		piece, err := s.requestBody.Next()
		if err != nil {
			a.repeatable = err == io.EOF
			return
		}
		a.body = append(a.body, piece...)
	}
}

// sendRemembered writes the body that was kept.
func (s *session) sendRemembered(framing http1.Framing) error {
	s.upload.writer.Begin(s.server.Conn, framing, false)
	if _, err := s.upload.writer.Write(s.attempt.body); err != nil {
		return err
	}
	if err := s.upload.writer.Close(&s.request); err != nil {
		return err
	}
	return s.server.Flush()
}

// repeats reports whether what a server did with a request leads to another attempt. Silent means that it sent nothing.
func (s *session) repeats(err error, silent bool) bool {
	retry := &s.backend.Retry
	if !s.attempt.repeatable || s.attempt.failures >= retry.Max {
		return false
	}
	var syntax *http1.SyntaxError
	switch {
	case err == nil:
		return slices.Contains(retry.Statuses, s.response.Status())
	case errors.Is(err, http1.ErrTimeout):
		return retry.On&server.ResponseTimeout != 0
	case errors.As(err, &syntax), !silent:
		return retry.On&server.JunkResponse != 0
	}
	return retry.On&server.EmptyResponse != 0
}

// observe tells the server's health of the outcome of a request.
func (s *session) observe(err error) {
	outcome := server.Responded
	if err != nil || s.response.Status() >= 500 && s.response.Status() != 501 && s.response.Status() != 505 {
		outcome = server.ResponseFailed
	}
	s.attempt.target.Observe(outcome)
}
