package frontend

import (
	"errors"
	"io"
	"time"

	"tidelock/proxy/filter"
	"tidelock/proxy/http1"
	"tidelock/proxy/stream"
)

// attachFilters has filters take part in the exchange, and reports whether it goes on.
func (s *session) attachFilters(filters []filter.Filter) bool {
	if len(filters) == 0 {
		return true
	}
	if s.filters == nil {
		s.filters = filter.New(s.frontend.cut, &s.stream, s.client.BufferSize())
	}
	if err := s.filters.Attach(filters); err != nil {
		s.refuseFiltered(stream.InRequest)
		return false
	}
	if s.filters.Empty() {
		s.filters = nil
	}
	return true
}

// attachBackendFilters is attachFilters for those of the backend, which a section that is the frontend too has had.
func (s *session) attachBackendFilters() bool {
	return s.shared() || s.attachFilters(s.backend.Filters)
}

// refuseFiltered ends an exchange on behalf of a filter, with an answer while there is none yet and it is a request that
// the filter did not like.
func (s *session) refuseFiltered(phase stream.Phase) {
	s.stream.Record.End(stream.ProxyDenied, phase)
	s.keep = false
	if s.stream.Request != nil && phase == stream.InRequest {
		s.replyError(400)
	}
}

// filterRequestHead shows the request to the filters once all rules have run, and reports whether the exchange goes on.
func (s *session) filterRequestHead() bool {
	if s.filters == nil || s.filters.Request.Headers(s.frontend.Timeouts.Client) == nil {
		return true
	}
	s.refuseFiltered(stream.InRequest)
	return false
}

// startFilteringResponse tells the filters that somebody is there to answer.
func (s *session) startFilteringResponse() bool {
	if s.filters == nil || s.filters.Response.Start() == nil {
		return true
	}
	s.refuseFiltered(stream.InHeaders)
	return false
}

// filterResponseHead shows the response to the filters once all rules have run. It reports false when one of them ended
// the exchange: nothing of the response is sent then.
func (s *session) filterResponseHead() bool {
	if s.filters == nil || s.filters.Response.Headers(s.responseTimeout()) == nil {
		return true
	}
	s.refuseFiltered(stream.InHeaders)
	return false
}

// responseTimeout bounds each wait for a part of the response.
func (s *session) responseTimeout() time.Duration {
	if s.backend != nil {
		return s.serverTimeout()
	}
	return s.frontend.Timeouts.Client
}

// guarded does what uses the stream, while the filters of a request whose body is still forwarded do not.
func (s *session) guarded(f func(*session) bool) bool {
	if s.filters == nil {
		return f(s)
	}
	return s.filters.Guard(func() bool { return f(s) })
}

// stopFilters is the end of the exchange for the filters.
func (s *session) stopFilters() {
	if e := s.filters; e != nil {
		s.filters = nil
		e.Stop()
	}
}

// haltFilters ends what the filters wait for, of a request that will not be forwarded to its end.
func (s *session) haltFilters() {
	if s.filters != nil {
		s.filters.Request.Halt()
	}
}

// source is where data for filters comes from.
type source struct {
	conn    *http1.Conn
	timeout time.Duration
	// next returns more, valid until it is called again, and io.EOF at the end.
	next func() ([]byte, error)
	// ended reports, without waiting, whether nothing more will come.
	ended func() bool
}

// bodySource is a source that is the body of a message.
func bodySource(body *http1.Body, conn *http1.Conn, timeout time.Duration) source {
	return source{conn, timeout, body.Next, func() bool {
		return body.Done() || body.ReadAhead(conn.BufferSize(), false) == io.EOF && body.Done()
	}}
}

// connSource is a source that is all that a connection receives.
func connSource(conn *http1.Conn, timeout time.Duration) source {
	return source{conn, timeout, func() ([]byte, error) {
		if len(conn.Buffered()) == 0 {
			if err := conn.Fill(); err != nil {
				return nil, err
			}
		}
		piece := conn.Buffered()
		conn.Discard(len(piece))
		return piece, nil
	}, func() bool { return false }}
}

// passFilters carries data through the filters to its end. While they hold all that they have room for nothing more is
// read: so the other side is slowed down.
func passFilters(d *filter.Direction, from source, write func([]byte) error) error {
	ended := from.ended()
	for {
		if ended {
			d.End()
		}
		if err := d.Run(write); err != nil {
			return err
		}
		if ended {
			if d.Done() {
				return nil
			}
			if err := d.Wait(from.timeout); err != nil {
				return stalled(err)
			}
			continue
		}
		piece, err := from.await(d)
		switch {
		case err == io.EOF:
			ended = true
			continue
		case err != nil:
			return err
		}
		for taken := d.Take(piece); taken < len(piece); {
			if err := d.Run(write); err != nil {
				return err
			}
			n := d.Take(piece[taken:])
			if taken += n; n == 0 {
				if err := d.Wait(from.timeout); err != nil {
					return stalled(err)
				}
			}
		}
		ended = from.ended()
	}
}

// await returns what next does, or nothing when it is time to call a filter.
func (from *source) await(d *filter.Direction) ([]byte, error) {
	wake := d.Wake()
	if wake.IsZero() {
		return from.next()
	}
	from.conn.SetReadTimeout(from.timeout, wake)
	piece, err := from.next()
	from.conn.SetReadTimeout(from.timeout, time.Time{})
	if err == http1.ErrTimeout && !time.Now().Before(wake) {
		return nil, nil
	}
	return piece, err
}

// stalled makes the error of a filter that passes nothing that of a side that sends nothing, which it is as seen from the
// other one.
func stalled(err error) error {
	if err == filter.ErrStalled {
		return http1.ErrTimeout
	}
	return http1.ErrInterrupted
}

// copyFiltered is upload.copy for a request that filters look at.
func (u *upload) copyFiltered(s *session) error {
	from := bodySource(&s.requestBody, &s.client, s.frontend.Timeouts.Client)
	write := func(p []byte) error {
		if _, err := u.writer.Write(p); err != nil {
			return &http1.FlushError{Err: err}
		}
		return nil
	}
	err := passFilters(&s.filters.Request, from, write)
	if err == nil {
		err = s.filters.Request.Finish()
	}
	var server *http1.FlushError
	if u.client = err != nil && !errors.As(err, &server); server != nil && !u.client {
		return server.Err
	}
	return err
}

// relayFiltered is relayBody for a response that filters look at.
func (s *session) relayFiltered() error {
	from := bodySource(&s.responseBody, s.server.Conn, s.serverTimeout())
	if err := passFilters(&s.filters.Response, s.recorded(from), s.writeFiltered); err != nil {
		return err
	}
	if recorder := s.stream.Recorder; recorder != nil {
		recorder.Finish()
	}
	if err := s.filters.Response.Finish(); err != nil {
		return err
	}
	return s.writer.Close(&s.response)
}

// recorded is a source of which the stream's recorder, if there is one, gets a copy.
func (s *session) recorded(from source) source {
	next := from.next
	if recorder := s.stream.Recorder; recorder != nil {
		from.next = func() ([]byte, error) {
			piece, err := next()
			recorder.Write(piece)
			return piece, err
		}
	}
	return from
}

// writeFiltered sends what has passed the filters to the client.
func (s *session) writeFiltered(p []byte) error {
	if _, err := s.writer.Write(p); err != nil {
		return &http1.FlushError{Err: err}
	}
	return nil
}

// copyFiltered is copyBytes through filters.
func (s *session) copyFiltered(d *filter.Direction, to, from *http1.Conn) (c copied) {
	timeout := s.frontend.Timeouts.Client
	if from != &s.client {
		timeout = s.serverTimeout()
	}
	in := connSource(from, timeout)
	next := in.next
	in.next = func() ([]byte, error) {
		piece, err := next()
		c.bytes += int64(len(piece))
		return piece, err
	}
	err := passFilters(d, in, func(p []byte) error {
		to.Write(p)
		err := to.Flush()
		c.writing = err != nil
		return err
	})
	switch {
	case err == nil:
		s.endDirection(to, from, false)
		return c
	case c.writing:
		if to == &s.client {
			s.failClient(err)
		}
		s.stopTunnel()
	case errors.Is(err, filter.ErrRefused):
		s.stream.Record.End(stream.ProxyDenied, stream.InData)
		err = http1.ErrInterrupted
		s.stopTunnel()
	default:
		s.failDirection(to, from, err)
	}
	c.err = err
	return c
}

// writeFiltered carries what a service answers through the filters.
func (a *httpApplet) writeFiltered(p []byte) (int, error) {
	s := a.session
	d := &s.filters.Response
	taken := 0
	for {
		if err := d.Run(s.writeFiltered); err != nil {
			return taken, err
		}
		n := d.Take(p[taken:])
		if taken += n; taken == len(p) {
			return taken, d.Run(s.writeFiltered)
		}
		if n == 0 {
			if err := d.Wait(s.responseTimeout()); err != nil {
				return taken, stalled(err)
			}
		}
	}
}

// endFiltered is the end of what a service answers.
func (a *httpApplet) endFiltered() error {
	s := a.session
	d := &s.filters.Response
	d.End()
	for {
		if err := d.Run(s.writeFiltered); err != nil {
			return err
		}
		if d.Done() {
			return d.Finish()
		}
		if err := d.Wait(s.responseTimeout()); err != nil {
			return stalled(err)
		}
	}
}

// keepsWhole reports whether the request may be sent again as it is: filters have changed what they let through.
func (s *session) keepsWhole() bool { return s.filters == nil || !s.filters.Request.Filtering() }
