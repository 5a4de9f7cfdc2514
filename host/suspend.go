package host

import (
	"context"
	"errors"

	"tidelock/abi"
)

// ErrSuspended is what Run and Resume return for an execution that has called a host function which returned
// [Call.Suspend]: it is not over, holds no turn, and goes on with Resume. End ends it where it stands.
var ErrSuspended = errors.New("suspended")

// Suspend makes the script wait for Execution.Resume. Return what it returns.
func (c *Call) Suspend() error {
	c.Execution.suspending = true
	return errParked
}

// Resume lets a suspended execution go on: the function that suspended it returns Arguments, which the caller has written
// anew. Its context takes the place of the one that Begin got, and its processor time is counted from the beginning.
func (x *Execution) Resume(ctx context.Context) error {
	if x.observation != nil {
		x.observation.Resumed()
	}
	err := x.resume(ctx)
	x.concluded(err)
	return err
}

func (x *Execution) resume(ctx context.Context) error {
	x.ctx = ctx
	in := x.instance
	if err := in.turn.acquire(ctx); err != nil {
		return x.fail(ErrCancelled, err.Error(), "")
	}
	x.suspended = false
	defer x.letGo()
	x.cpu = 0
	x.unpause()
	switch {
	case in.closed:
		return x.fail(ErrClosed, "", "")
	case in.generation != x.generation:
		return x.fail(ErrReset, "another execution that shared the instance could not be stopped otherwise", "")
	}
	switch err := in.deliver(x.Arguments.Bytes()); err {
	case nil:
	case ErrOutOfMemory:
		return x.cancel(ErrOutOfMemory)
	default:
		return x.broken(err)
	}
	return x.drive(abi.ExportResume, uint64(abi.StatusOK), uint64(x.Arguments.Len()))
}

// letGo gives the turn back, and the instance too unless the execution will go on in it.
func (x *Execution) letGo() {
	if x.suspended {
		x.instance.turn.release()
		return
	}
	x.registration.unclaim(x.instance)
}

// abandon ends a suspended execution. What its script left to be closed is closed.
func (x *Execution) abandon() {
	in := x.instance
	in.turn.acquire(context.Background()) //nolint:errcheck // cannot end early
	x.suspended = false
	failure := error(x.fail(ErrCancelled, "", ""))
	defer func() {
		x.letGo()
		x.concluded(failure)
	}()
	if !in.closed && in.generation == x.generation {
		x.unpause()
		failure = x.cancel(ErrCancelled)
	}
}
