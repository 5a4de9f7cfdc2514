package check

import (
	"fmt"

	"tidelock/proxy/server"
)

// Judge is a step that understands what the server sends.
type Judge struct {
	// Read looks at everything received since the last send. More asks for more input; it is not asked for once the server
	// is done, when whole is set.
	Read func(received []byte, whole bool) (result server.Result, more bool)
	// Outcome's Error is what an empty response counts as.
	Outcome
	What string // describes the step
}

func (j *Judge) describe() string { return "expect " + j.What }

func (j *Judge) do(r *run) *server.Result {
	for {
		if len(r.received) > 0 {
			result, more := j.Read(r.received, r.ended || len(r.received) >= maxResponse)
			switch {
			case more:
			case result.Status.Passed():
				r.result = result
				return nil
			default:
				return &result
			}
		}
		if r.receive() {
			continue
		}
		if isTimeout(r.err) {
			return &server.Result{Status: j.Timeout}
		}
		if len(r.received) == 0 {
			if failed := r.broken(); failed != nil {
				return failed
			}
			return r.fail(j.Error, fmt.Sprintf("TCPCHK got an empty response at step %d", r.number))
		}
	}
}
