package frontend

import (
	"io"
	"time"

	"tidelock/proxy/http1"
	"tidelock/proxy/stream"
)

// inspect runs rules, which may be nil, over what has arrived of in. As long as they say Wait they run again whenever
// there is more, and for the last time when delay has passed, the end has come or the buffer is full.
func (s *session) inspect(rules func(*stream.Stream) stream.Verdict, in *input, delay time.Duration) stream.Verdict {
	if rules == nil {
		return stream.Continue
	}
	in.open = delay > 0
	until := time.Now().Add(delay)
	in.until = waitUntil(delay)
	for {
		verdict := rules(&s.stream)
		if verdict != stream.Wait {
			in.open = false
			return verdict
		}
		if !in.open {
			return stream.Continue
		}
		if err := in.more(until); err != nil {
			in.open = false
			if err != io.EOF && err != http1.ErrFull && err != http1.ErrTimeout {
				in.err = err
				return stream.Abort
			}
		}
	}
}

// more waits until more has arrived, or until passes.
func (in *input) more(until time.Time) error {
	in.claim()
	defer in.release()
	in.conn.SetReadTimeout(in.timeout(), until)
	defer in.conn.SetReadTimeout(in.timeout(), time.Time{})
	return in.advance(true)
}

// offerRequest lets samples see the request's content, offerResponse the response's.
func (s *session) offerRequest() {
	s.requestInput = input{session: s, conn: &s.client}
	if s.stream.Request != nil {
		s.requestInput.body, s.requestInput.head = &s.requestBody, &s.request
	}
	s.stream.RequestInput = &s.requestInput
}

func (s *session) offerResponse() {
	s.responseInput = input{session: s, conn: s.server.Conn}
	if s.stream.Response != nil {
		s.responseInput.body, s.responseInput.head = &s.responseBody, &s.response
	}
	s.stream.ResponseInput = &s.responseInput
}
