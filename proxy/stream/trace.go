package stream

// Trace is what telemetry follows one exchange by. The exchange's goroutine alone uses it.
type Trace interface {
	// Attempt is called before each attempt to reach a server, which the stream names. It tells the server of the trace by
	// headers of the request.
	Attempt(s *Stream)
	// Attempted is called when the last attempt has failed, and another one may follow.
	Attempted(s *Stream, err error)
	// End is called when the exchange is over and its Record complete.
	End(s *Stream)
}
