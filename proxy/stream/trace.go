package stream

import "go.opentelemetry.io/otel/trace"

// Trace is what telemetry follows one exchange by. The exchange's goroutine alone uses it.
type Trace interface {
	// Attempt is called before each attempt to reach a server, which the stream names. It tells the server of the trace by
	// headers of the request.
	Attempt(s *Stream)
	// Attempted is called when the last attempt has failed, and another one may follow.
	Attempted(s *Stream, err error)
	// Unserved is called when no server takes the exchange. Outage is the span of the check that found the last one down; it
	// is not valid where that is not the reason.
	Unserved(s *Stream, outage trace.SpanContext)
	// End is called when the exchange is over and its Record complete.
	End(s *Stream)
}
