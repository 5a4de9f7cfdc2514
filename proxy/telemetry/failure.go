package telemetry

import (
	"context"
	"errors"
	"net"
	"strconv"

	"tidelock/proxy/stream"
)

// failure is how an exchange or an attempt failed.
type failure uint8

const (
	none failure = iota
	byStatus
	canceled
	timedOut
	unconnected
	unanswered
	serverAborted
	serverTimeout
	noResource
	internalError
	killed
)

var failures = [...]string{
	canceled: "canceled", timedOut: "timeout", unconnected: "connect", unanswered: "no_response", serverAborted: "server_aborted",
	serverTimeout: "server_timeout", noResource: "resource", internalError: "internal", killed: "killed",
}

// text is the failure's name in error.type: that of one by its status is the status.
func (f failure) text(status int) string {
	if f == byStatus {
		return strconv.Itoa(status)
	}
	return failures[f]
}

// byCause are the failures that end exchanges, by what the record says. What clients do wrong, or break off, is none of ours.
var byCause = [...]failure{
	stream.ServerAborted: serverAborted, stream.ServerTimeout: serverTimeout, stream.Resource: noResource,
	stream.Internal: internalError, stream.Killed: killed,
}

// ended says what the record of an exchange says went wrong.
func ended(s *stream.Stream) failure {
	if cause := int(s.Record.Termination.Cause); cause < len(byCause) {
		return byCause[cause]
	}
	return none
}

// failureOf says how an exchange failed.
func failureOf(s *stream.Stream) failure {
	if s.Record.Status >= 500 {
		return byStatus
	}
	return ended(s)
}

// attemptFailure says how an attempt failed.
func attemptFailure(s *stream.Stream, err error) failure {
	if err == nil {
		return answerFailure(s)
	}
	var timeout net.Error
	switch {
	case errors.Is(err, context.Canceled):
		return canceled
	case errors.As(err, &timeout) && timeout.Timeout():
		return timedOut
	case s.ConnectError != stream.Success:
		return unconnected
	}
	return unanswered
}

// answerFailure says what is wrong with a server's answer. To a client errors of its own are failures.
func answerFailure(s *stream.Stream) failure {
	if answered(s) >= 400 {
		return byStatus
	}
	if f := ended(s); f == serverAborted || f == serverTimeout {
		return f
	}
	return none
}

// answered is the status of the server's response, 0 when there was none.
func answered(s *stream.Stream) int {
	if s.Record.Timers.Response < 0 || s.Response == nil {
		return 0
	}
	return s.Response.Status()
}
