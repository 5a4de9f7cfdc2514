package check

import (
	"bytes"
	"fmt"

	"tidelock/proxy/server"
)

// Expect looks at what the server sends.
type Expect struct {
	// Matches reports whether the bytes hold what is looked for.
	Matches func([]byte) bool
	Negated bool
	// What describes the pattern, and Content names it in a mismatch.
	What, Content string
	MinReceive    int // bytes without which there is no mismatch yet; below 0 for all that there is
	Comment       string
	Outcome
}

// Outcome says what a step's results count as.
type Outcome struct{ OK, Error, Timeout server.CheckStatus }

// Contains returns what looks for a text.
func Contains(pattern string) func([]byte) bool {
	p := []byte(pattern)
	return func(b []byte) bool { return bytes.Contains(b, p) }
}

func (e *Expect) describe() string { return "expect " + e.What }

func (e *Expect) do(r *run) *server.Result {
	if e.Comment != "" {
		r.comment = e.Comment
	}
	for {
		found := len(r.received) > 0 && e.Matches(r.received)
		if found && !e.Negated {
			break
		}
		if found {
			return r.fail(e.Error, fmt.Sprintf("TCPCHK matched unwanted content '%s' at step %d", e.Content, r.number))
		}
		if len(r.received) > 0 && e.Negated && e.MinReceive < 0 || len(r.received) > 0 && e.MinReceive >= 0 && len(r.received) >= e.MinReceive {
			if e.Negated {
				break
			}
			return e.mismatch(r)
		}
		if r.receive() {
			continue
		}
		if isTimeout(r.err) {
			return r.timeout(e.Timeout, e)
		}
		if failed := r.broken(); failed != nil && len(r.received) == 0 {
			return failed
		}
		if len(r.received) == 0 {
			return r.fail(e.Error, fmt.Sprintf("TCPCHK got an empty response at step %d", r.number))
		}
		if e.Negated {
			break
		}
		return e.mismatch(r)
	}
	r.result = server.Result{Status: e.OK}
	return nil
}

func (e *Expect) mismatch(r *run) *server.Result {
	return r.fail(e.Error, fmt.Sprintf("TCPCHK did not match content '%s' at step %d", e.Content, r.number))
}
