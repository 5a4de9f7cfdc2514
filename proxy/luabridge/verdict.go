package luabridge

import (
	"time"

	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/errorpage"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// What an action may return: the constants of the table act.
const (
	actContinue = iota
	actStop
	actYield
	actError
	actDone
	actDeny
	actAbort
	actInvalid
)

// verdict says what an action's result means (Lua API, "Action class"). What is no such constant is act.CONTINUE, and
// so is act.YIELD without a wake time: the script had the means to wait by itself.
func verdict(result abi.Value, t *transaction) stream.Verdict {
	if result.Type != abi.Integer {
		return stream.Continue
	}
	switch result.Int {
	case actStop, actDone:
		return stream.Stop
	case actError:
		return stream.Failed
	case actDeny:
		if m := t.samples.Stream.Response; m != nil {
			m.Reset() // the proxy has an answer for the occasion
		}
		return stream.Deny
	case actAbort:
		return stream.Abort
	case actInvalid:
		return invalid(t)
	default:
		return stream.Continue
	}
}

// wakeTime is act.wake_time(milliseconds).
func wakeTime(c *host.Call) error {
	milliseconds, err := c.Int()
	if err != nil {
		return err
	}
	t, ok := c.Execution.Subject.(*transaction)
	if !ok {
		return errExchange
	}
	t.wake = time.Duration(min(max(milliseconds, 0), maxWake)) * time.Millisecond
	return nil
}

// maxWake is the longest pause of an action in milliseconds, one day.
const maxWake = 24 * 60 * 60 * 1000

// invalid refuses the message as malformed: 400 for a request; a response has the answer that it is denied with.
func invalid(t *transaction) stream.Verdict {
	m := t.samples.Stream.Response
	if m == nil {
		return stream.Deny
	}
	m.Reset()
	if t.samples.Phase == sample.HTTPRequest {
		errorpage.Fill(m, 400)
	}
	return stream.Deny
}
