package luabridge

import (
	"context"
	"errors"
	"sync"

	"go.opentelemetry.io/otel/trace"

	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/telemetry"
)

// queues wake those who wait for a queue. The values are in the script's memory; here is only when something came: a number
// for each queue that grows. It is taken while the instance is held, so that nothing can come unseen before the waiting.
type queues struct {
	mu    sync.Mutex
	last  int64
	signs map[int64]*sign // guarded by mu
}

// sign is what one queue's waiters look at.
type sign struct {
	sequence int64
	came     chan struct{}     // closed when the sequence grows
	cause    trace.SpanContext // of the execution that it grew by last
}

// maxQueues bounds the queues of an image.
const maxQueues = 1 << 16

func (m *image) queueFunctions() host.Functions {
	q := &m.queues
	return host.Functions{"queue.new": q.create, "queue.sequence": q.sequence, "queue.signal": q.signal, "queue.wait": q.wait}
}

// create is queue.new() -> the number of a queue.
func (q *queues) create(c *host.Call) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.signs) == maxQueues {
		return errors.New("too many queues")
	}
	if q.signs == nil {
		q.signs = map[int64]*sign{}
	}
	q.last++
	q.signs[q.last] = &sign{came: make(chan struct{})}
	c.Results.Int(q.last)
	return nil
}

// take takes the number of a queue. The caller holds mu.
func (q *queues) take(c *host.Call) (*sign, error) {
	number, err := c.Int()
	if err != nil {
		return nil, err
	}
	if s := q.signs[number]; s != nil {
		return s, nil
	}
	return nil, errObject
}

// sequence is queue.sequence(number) -> how often something has come.
func (q *queues) sequence(c *host.Call) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	s, err := q.take(c)
	if err == nil {
		c.Results.Int(s.sequence)
	}
	return err
}

// signal is queue.signal(number).
func (q *queues) signal(c *host.Call) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	s, err := q.take(c)
	if err == nil {
		s.cause = trace.SpanContextFromContext(c.Execution.Context())
		s.sequence++
		close(s.came)
		s.came = make(chan struct{})
	}
	return err
}

// wait is queue.wait(number, sequence): it waits until more has come.
func (q *queues) wait(c *host.Call) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	s, err := q.take(c)
	if err != nil {
		return err
	}
	seen, err := c.Int()
	if err != nil {
		return err
	}
	came := s.came
	if s.sequence != seen {
		return nil
	}
	return c.Park(func(ctx context.Context, _ *abi.Writer) error {
		select {
		case <-came:
			q.mu.Lock()
			cause := s.cause
			q.mu.Unlock()
			telemetry.LinkToCause(ctx, cause, telemetry.CauseQueue)
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
}
