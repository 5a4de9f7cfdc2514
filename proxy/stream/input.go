package stream

import "time"

// Input is what has arrived in one direction of an exchange and was not passed on yet, for samples and rules to look
// into: in HTTP the message's body without its framing, in TCP the bytes of the connection. At most tune.bufsize less
// tune.maxrewrite bytes are kept.
type Input interface {
	// Peek returns what is there. It never waits. The slice aliases the connection's buffer: valid until the rules that
	// run have given their verdict, or Await is called.
	Peek() []byte
	// Final reports whether what Peek returns is all that rules will see: the end has come, the buffer is full, or there
	// is no time left to wait. A sample that needs more than is there is not decided while Final is false: the rule set
	// then gives the verdict Wait and is run again when more has arrived.
	Final() bool
	// Await waits until atLeast bytes are there, 0 for as many as there will be, or until the buffer is full.
	Await(timeout time.Duration, atLeast int64) Verdict
}
