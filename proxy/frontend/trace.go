package frontend

// beginTrace has telemetry follow the exchange, where there is any.
func (s *session) beginTrace() {
	if begin := s.frontend.Trace; begin != nil {
		s.stream.Trace = begin(&s.stream)
	}
}

// traceAttempt tells of an attempt to reach a server that is about to be made.
func (s *session) traceAttempt() {
	if t := s.stream.Trace; t != nil {
		t.Attempt(&s.stream)
	}
}

// traceAttempted tells that it has failed, unless the exchange ends with it.
func (s *session) traceAttempted(err error) {
	if t := s.stream.Trace; t != nil {
		t.Attempted(&s.stream, err)
	}
}

// traceUnserved tells that there is no server for the exchange.
func (s *session) traceUnserved() {
	if t := s.stream.Trace; t != nil {
		t.Unserved(&s.stream, s.backend.Outage())
	}
}

// endTrace ends what beginTrace began.
func (s *session) endTrace() {
	if t := s.stream.Trace; t != nil {
		s.stream.Trace = nil
		t.End(&s.stream)
	}
}
