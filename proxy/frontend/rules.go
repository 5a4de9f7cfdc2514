package frontend

import (
	"time"

	"tidelock/proxy/stream"
)

// prepareRequest does what comes before the request is forwarded, in the frontend and then in the backend: rules over
// content, the wait for the body, rules over the request. It reports whether the exchange goes on.
func (s *session) prepareRequest(content func(*stream.Stream) stream.Verdict, delay time.Duration, buffer bool,
	rules func(*stream.Stream) stream.Verdict) bool {
	if content != nil && !s.obey(s.inspect(content, &s.requestInput, delay), stream.InRequest, 403) {
		// HAProxy has not looked at the request itself by then.
		s.stream.ReceivedMethod, s.stream.ReceivedURI = nil, nil
		s.stream.Record.Timers.Request = stream.NotReached
		return false
	}
	if buffer && !s.obey(s.requestInput.await(s.requestUntil(), 0), stream.InRequest, 403) {
		return false
	}
	return s.applyRequestRules(rules)
}

// requestUntil returns until when a request that is waited for as a whole must be there.
func (s *session) requestUntil() (until time.Time) {
	if t := s.frontend.Timeouts.HTTPRequest; t > 0 {
		until = s.stream.Started.Add(t)
	}
	return until
}

// applyRequestRules runs rules over the request and reports whether the exchange goes on.
func (s *session) applyRequestRules(rules func(*stream.Stream) stream.Verdict) bool {
	return s.applyRules(rules, stream.InRequest, 403)
}

// applyResponseRules runs the rules over the response of a server or service: the backend's, then the frontend's. It
// reports false when it answered the client itself.
func (s *session) applyResponseRules() bool {
	if !s.applyRules(s.frontend.ReceiveRules, stream.InHeaders, 502) {
		return false
	}
	if b := s.backend; b != nil {
		if s.stream.ResponseInput != nil &&
			!s.obey(s.inspect(b.ResponseContentRules, &s.responseInput, b.ResponseInspectDelay), stream.InData, 502) {
			s.stream.Record.BytesOut = 0 // nothing of the response passed
			return false
		}
		if !s.shared() && !s.applyRules(b.ResponseRules, stream.InHeaders, 502) {
			return false
		}
	}
	return s.applyRules(s.frontend.ResponseRules, stream.InHeaders, 502)
}

// rulesForResponse reports whether anything is to be done with the response of a service before it is sent.
func (s *session) rulesForResponse() bool {
	f, b := s.frontend, s.backend
	return f.ReceiveRules != nil || f.ResponseRules != nil || f.AfterResponseRules != nil ||
		b != nil && (b.ResponseContentRules != nil || b.ResponseRules != nil || b.AfterResponseRules != nil)
}

// applyAfterResponseRules runs the rules over what is about to be sent, whoever made it: the backend's, then the
// frontend's. It reports false when a change that they ask for is impossible.
func (s *session) applyAfterResponseRules() bool {
	if s.backend != nil && s.backend.AfterResponseRules != nil && !s.shared() &&
		s.backend.AfterResponseRules(&s.stream) == stream.Failed {
		return false
	}
	after := s.frontend.AfterResponseRules
	return after == nil || after(&s.stream) != stream.Failed
}

// sendable runs the rules over a response that a server or service made. It reports false when it answered the client
// itself.
func (s *session) sendable() bool {
	if s.applyAfterResponseRules() {
		return true
	}
	s.stream.Record.End(stream.ProxyDenied, stream.InHeaders)
	s.replyError(500)
	return false
}

// applyRules does what rules, which may be nil, say in a phase. A rule that refuses without an answer of its own means
// the given status.
func (s *session) applyRules(rules func(*stream.Stream) stream.Verdict, phase stream.Phase, refusal int) bool {
	return rules == nil || s.obey(rules(&s.stream), phase, refusal)
}

// obey does what a verdict of rules says in a phase and reports whether the exchange goes on.
func (s *session) obey(verdict stream.Verdict, phase stream.Phase, refusal int) bool {
	st := &s.stream
	switch verdict {
	case stream.Continue, stream.Stop, stream.SwitchHTTP:
		return true
	case stream.Reply:
		st.Record.End(stream.Local, phase)
		s.replyGenerated(refusal)
	case stream.Tarpit:
		s.tarpit()
	case stream.Deny:
		s.countDenied(phase)
		st.Record.End(stream.ProxyDenied, phase)
		s.replyGenerated(refusal)
	case stream.Abort:
		if s.requestInput.fail() || s.responseInput.fail() {
			return false
		}
		s.countDenied(phase)
		st.Record.End(stream.ProxyDenied, phase)
		if phase == stream.InRequest {
			st.Record.Timers.Request = stream.NotReached
		}
		s.keep = false
	default:
		st.Record.End(stream.Internal, phase)
		s.replyError(500)
	}
	return false
}
