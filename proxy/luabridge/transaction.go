package luabridge

import (
	"errors"
	"sync"
	"time"

	"tidelock/host"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

// transaction is what one execution is about, and what the handle of its TXN object stands for. Transactions are
// pooled: nothing keeps one after its execution ended.
type transaction struct {
	samples   sample.Context
	available sample.Phase // where samples that the script may read exist
	arguments []value.Value

	answers bool          // txn:done may answer the client: in actions
	wake    time.Duration // what act.wake_time asked for

	headSent bool // the head of the message cannot be changed any more: in filters

	finished bool           // core.done or txn:done ended the script
	verdict  stream.Verdict // of txn:done
	result   value.Value    // of core.done
}

var transactions = sync.Pool{New: func() any { return new(transaction) }}

// acquire returns the transaction of an execution in the given phase. Without one, as for a sample that may be evaluated
// anywhere, the script may read whatever the exchange still has.
func acquire(s *stream.Stream, phase sample.Phase) *transaction {
	t := transactions.Get().(*transaction)
	t.begin(s, phase)
	return t
}

func (t *transaction) begin(s *stream.Stream, phase sample.Phase) {
	t.samples.Stream = s
	t.samples.Phase, t.available = phase, phase
	if phase == 0 {
		t.samples.Phase, t.available = sample.HTTPRequest, ^sample.Phase(0)
		if s != nil && s.Record.Timers.Response != stream.NotReached {
			t.samples.Phase = sample.HTTPResponse
		}
	}
}

func (t *transaction) reset() {
	scratch, arguments := t.samples.Scratch, t.arguments[:0]
	scratch.Reset()
	*t = transaction{arguments: arguments}
	t.samples.Scratch = scratch
}

func (t *transaction) release() {
	t.reset()
	transactions.Put(t)
}

// finish notes that the script ends by its own wish. The sample that it leaves is false.
func (t *transaction) finish() {
	t.finished = true
	t.result = value.Bool(false)
}

// subject is what the handle of an object with samples, variables and a private value stands for.
type subject interface{ transaction() *transaction }

func (t *transaction) transaction() *transaction { return t }

var (
	errObject   = errors.New("not an object of this class (use ':' to call a method)")
	errExchange = errors.New("no exchange is processed here")
)

// object takes the handle that the methods of an execution's own object get first and returns what it stands for.
func object(c *host.Call) (*transaction, error) {
	o, err := c.Object()
	if err != nil {
		return nil, err
	}
	if s, ok := o.(subject); ok {
		return s.transaction(), nil
	}
	return nil, errObject
}

// current passes over the handle that the methods of objects shared by all executions get first, and returns what the
// running execution is about.
func current(c *host.Call) (*transaction, error) {
	c.Arguments.Next()
	switch s := c.Execution.Subject.(type) {
	case *transaction:
		return s, nil
	case subject:
		return s.transaction(), nil
	}
	return nil, errExchange
}

// currentHandle is current() -> the handle that those objects have. It stands for nothing.
func currentHandle(c *host.Call) error {
	c.Results.Handle(0)
	return nil
}
