package host

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"tidelock/abi"
)

// Execution is one call of a registered function. It is used by one goroutine: Begin, write Arguments, Run, read
// Results, End.
type Execution struct {
	// Subject is what the call is about, for the embedder's functions to find: Tidelock's is a stream. It may be a Waiter.
	Subject any
	// Arguments are encoded values for the script's function.
	Arguments abi.Writer
	// Waits counts the operations that the execution has waited for.
	Waits int

	registration *Registration
	instance     *instance
	generation   uint32 // of the instance, when the execution began
	slot         uint32
	ctx          context.Context
	limits       Limits
	handles      handles
	call         Call      // of the host function that runs now
	pending      Operation // parked, to be carried out next
	parkedBy     uint32    // the number of the function that did
	answer       abi.Writer
	results      []byte
	stack        [3]uint64 // parameters and result of a guest call

	fuel       int64         // ticks used, but for those since the last look at the fuel global
	cpu        time.Duration // used until mark
	mark       time.Duration // monotonic time until which cpu counts; 0: not measured yet
	burstStart time.Duration // value of cpu at the end of the last wait
	stopping   int           // quanta left before it is killed; 0: not asked to stop
	reason     error         // why it was asked to stop
	position   string        // where it stood when it was killed
	admitted   bool          // counts among the image's executions
	suspending bool          // its script has just called what suspends it
	suspended  bool          // Resume or End is next

	memory      uint64      // bytes of the instance at the end of the last guest call
	observation Observation // nil: nobody looks on
}

// Waiter is a Subject that is told before its script waits, or lets another one go on: it can do then, without holding
// up others, what was put off.
type Waiter interface{ AboutToWait() }

var executions = sync.Pool{New: func() any { return new(Execution) }}

// Begin prepares a call of the registration's function on behalf of subject. Its context bounds the whole execution.
func (r *Registration) Begin(ctx context.Context, subject any) *Execution {
	x := executions.Get().(*Execution)
	x.registration, x.ctx, x.Subject, x.limits = r, ctx, subject, r.limits
	x.call.Execution = x
	return x
}

// End frees what the execution held. Neither it nor what it returned may be used afterwards.
func (x *Execution) End() {
	if x.suspended {
		x.abandon()
	}
	x.handles.clear()
	x.dismiss()
	x.suspending = false
	x.Subject, x.registration, x.instance, x.ctx, x.pending, x.reason, x.observation = nil, nil, nil, nil, nil, nil, nil
	x.position, x.memory = "", 0
	x.Waits, x.fuel, x.cpu, x.mark, x.burstStart, x.stopping = 0, 0, 0, 0, 0, 0
	x.Arguments, x.answer = abi.NewWriter(kept(x.Arguments.Bytes())), abi.NewWriter(kept(x.answer.Bytes()))
	x.results = kept(x.results)
	executions.Put(x)
}

// kept empties a buffer for the next execution, but gives up one that a large value has made large.
func kept(buffer []byte) []byte {
	const most = 64 << 10
	if cap(buffer) > most {
		return nil
	}
	return buffer[:0]
}

// Registration returns whose function is called.
func (x *Execution) Registration() *Registration { return x.registration }

// Results returns a reader of what the function returned, valid until End. It is well-formed.
func (x *Execution) Results() abi.Reader { return abi.NewReader(x.results) }

// Fuel returns how many ticks were used: Lua instructions, and iterations of the interpreter's own loops.
func (x *Execution) Fuel() int64 { return x.fuel }

// ProcessorTime returns how long the execution has run, without its waits. Short executions are estimated.
func (x *Execution) ProcessorTime() time.Duration {
	return x.cpu
}

// Memory returns the bytes that its instance had taken when the execution last ran in it. A WebAssembly memory does not
// shrink: that is the most that the instance has needed so far.
func (x *Execution) Memory() uint64 { return x.memory }

// Context returns the context of the execution, as the observer has made it.
func (x *Execution) Context() context.Context { return x.ctx }

// Observation returns what is told of this execution, nil when it is not observed.
func (x *Execution) Observation() Observation { return x.observation }

// Hold gives the script a handle for object, valid for this execution. An io.Closer is closed when the execution ends.
func (x *Execution) Hold(object any) (uint32, error) { return x.handles.add(object) }

// Object returns what a handle stands for.
func (x *Execution) Object(handle uint32) (any, error) { return x.handles.get(handle) }

// Release takes a handle back, without closing what it stands for.
func (x *Execution) Release(handle uint32) { x.handles.remove(handle) }

// Run executes the function until it returns, fails or is stopped. Errors are *ExecutionError.
func (x *Execution) Run() error {
	x.observe()
	err := x.run()
	x.concluded(err)
	return err
}

func (x *Execution) run() error {
	if !x.admit() {
		return x.fail(ErrBusy, "", "")
	}
	in, err := x.registration.group.claim(x.ctx)
	if err != nil {
		return x.unstarted(err)
	}
	x.instance, x.generation, x.slot = in, in.generation, in.takeSlot()
	defer x.letGo()
	if ration := x.ration(in.fuelLeft); ration < in.fuelLeft {
		in.refill(ration)
	}
	if err := in.deliver(x.Arguments.Bytes()); err != nil {
		in.giveSlot(x.slot)
		return x.undelivered(err)
	}
	return x.drive(abi.ExportStart, uint64(x.registration.number), uint64(x.Arguments.Len()))
}

// admit counts the execution among those that the image may have at a time, and reports whether there is room for it.
// Those that are not made for traffic do not count.
func (x *Execution) admit() bool {
	image := x.registration.group.image
	if image.config.Executions <= 0 {
		return true
	}
	switch x.registration.Kind {
	case KindMain, KindInit, KindTask:
		return true
	}
	if image.underWay.Add(1) > int64(image.config.Executions) {
		image.underWay.Add(-1)
		return false
	}
	x.admitted = true
	return true
}

// dismiss takes it off that count.
func (x *Execution) dismiss() {
	if x.admitted {
		x.registration.group.image.underWay.Add(-1)
		x.admitted = false
	}
}

// unstarted is the error of an execution that got no instance.
func (x *Execution) unstarted(err error) error {
	for _, kind := range []error{ErrClosed, ErrReset, ErrOutOfMemory} {
		if errors.Is(err, kind) {
			return x.fail(kind, "", "")
		}
	}
	if x.ctx.Err() != nil {
		return x.fail(ErrCancelled, err.Error(), "")
	}
	return x.fail(ErrFault, err.Error(), "")
}

// undelivered is the error of an execution whose arguments the guest did not take.
func (x *Execution) undelivered(err error) error {
	if err == ErrOutOfMemory {
		return x.fail(ErrOutOfMemory, "", "")
	}
	return x.broken(err)
}

// drive enters the guest and carries out what it parks for, until the execution is over. It holds the instance's turn
// when it is called and when it returns.
func (x *Execution) drive(export string, a, b uint64) error {
	in := x.instance
	for {
		outcome, length, err := x.enter(export, a, b)
		if err != nil {
			return x.broken(err)
		}
		switch outcome {
		case abi.Done:
			x.results = append(x.results[:0], in.left(length)...)
			if err := x.Results().Check(); err != nil {
				return x.broken(err)
			}
			in.giveSlot(x.slot)
			return nil
		case abi.Failed, abi.OutOfMemory:
			return x.failed(outcome, length)
		case abi.Parked, abi.Yielded:
			// Waiting costs a tick, so that even a guest that does nothing else comes to the end of its time.
			in.refill(in.fuelLeft - 1)
			if x.stopping > 0 || in.fuelLeft < 0 && x.expired() { // it was to end, and waits instead
				return x.cancel(x.reason)
			}
			if outcome == abi.Parked && x.suspending {
				x.suspending, x.suspended = false, true
				return ErrSuspended
			}
			status, err := x.wait(outcome)
			if err != nil {
				return err
			}
			export, a, b = abi.ExportResume, uint64(status), uint64(x.answer.Len())
		default:
			return x.broken(fmt.Errorf("unknown outcome %d", outcome))
		}
	}
}

// enter calls into the guest once.
func (x *Execution) enter(export string, a, b uint64) (abi.Outcome, int, error) {
	in := x.instance
	in.running = x
	x.stack = [3]uint64{uint64(x.slot), a, b}
	f := in.start
	if export == abi.ExportResume {
		f = in.resume
	}
	err := f.CallWithStack(in.context, x.stack[:])
	return x.left(x.stack[0], err)
}

// enterSeldom is enter for the exports that are needed too seldom to keep.
func (x *Execution) enterSeldom(export string, parameters ...uint64) (abi.Outcome, int, error) {
	x.instance.running = x
	packed, err := x.instance.call(export, parameters...)
	return x.left(packed, err)
}

// left takes in what a guest call has left: its result, or how it failed, and the bill.
func (x *Execution) left(packed uint64, err error) (abi.Outcome, int, error) {
	x.instance.running, x.memory = nil, x.instance.memory.size
	if err != nil {
		return 0, 0, err
	}
	x.pause()
	status, length := abi.Unpack(packed)
	return abi.Outcome(status), length, nil
}

// wait lets go of the instance, carries out what the execution waits for and comes back with the answer delivered.
func (x *Execution) wait(outcome abi.Outcome) (abi.Status, error) {
	in, operation := x.instance, x.pending
	x.pending = nil
	if outcome != abi.Parked {
		operation = nil
	}
	if x.observation != nil {
		function := ""
		if operation != nil {
			function = x.waitsFor()
		}
		x.observation.Waiting(function)
	}
	status := x.carryOut(operation)
	if x.observation != nil {
		x.observation.Resumed()
	}
	x.unpause()
	switch {
	case in.closed:
		return 0, x.fail(ErrClosed, "", "")
	case in.generation != x.generation:
		return 0, x.fail(ErrReset, "another execution that shared the instance could not be stopped otherwise", "")
	case x.ctx.Err() != nil:
		return 0, x.cancel(ErrCancelled)
	}
	switch err := in.deliver(x.answer.Bytes()); err {
	case nil:
	case ErrOutOfMemory:
		return 0, x.cancel(ErrOutOfMemory)
	default:
		return 0, x.broken(err)
	}
	return status, nil
}

// carryOut runs an operation, or none, without the turn, and takes the turn again. It does so even if the operation
// panics: whoever called Run believes to hold it.
func (x *Execution) carryOut(operation Operation) abi.Status {
	turn := &x.instance.turn
	turn.release()
	defer turn.acquire(context.Background()) //nolint:errcheck // cannot end early
	if w, ok := x.Subject.(Waiter); ok {
		w.AboutToWait()
	}
	x.answer.Truncate(0)
	if operation == nil {
		return abi.StatusOK
	}
	x.Waits++
	if err := operation(x.ctx, &x.answer); err != nil {
		x.answer.Truncate(0)
		x.answer.String(err.Error())
		return abi.StatusError
	}
	return abi.StatusOK
}

// failed reads the error that the guest reports.
func (x *Execution) failed(outcome abi.Outcome, length int) error {
	in := x.instance
	values := abi.NewReader(in.left(length))
	message, traceback := values.Next(), values.Next()
	in.giveSlot(x.slot)
	kind := ErrScript
	switch {
	case x.stopping > 0:
		kind = x.reason
	case x.ctx.Err() != nil: // the script met it as the error of a wait that could not be left at once
		kind = ErrCancelled
	case in.image.life.Err() != nil: // likewise
		kind = ErrClosed
	case outcome == abi.OutOfMemory:
		kind = ErrOutOfMemory
	}
	failure := x.fail(kind, string(message.Bytes), string(traceback.Bytes)) // copies: the guest may be gone below
	if kind == ErrOutOfMemory {
		in.shrink()
	}
	return failure
}

// cancel ends an execution that is parked. The guest closes what the script left to be closed.
func (x *Execution) cancel(reason error) error {
	in := x.instance
	x.stopping = graceQuanta
	x.reason = reason
	if _, _, err := x.enterSeldom(abi.ExportCancel, uint64(x.slot)); err != nil {
		return x.broken(err)
	}
	in.giveSlot(x.slot)
	message := ""
	if cause := context.Cause(x.ctx); reason == ErrCancelled && cause != nil {
		message = cause.Error()
	}
	return x.fail(reason, message, "")
}

// broken replaces an instance whose guest did not return: it was killed, or it trapped.
func (x *Execution) broken(err error) error {
	in := x.instance
	kind, message := ErrFault, err.Error()
	if in.memory.refused { // Go's runtime can refuse a program nothing: it gives up, or it traps
		kind, message = ErrOutOfMemory, ""
	}
	if errors.As(err, new(killed)) {
		kind, message = ErrKilled, x.position
		if x.reason != nil {
			message = x.reason.Error() + ": " + message
		}
	}
	if err := in.replace(); err != nil {
		message += "; replacing its instance: " + err.Error()
	}
	return x.fail(kind, message, "")
}

func (x *Execution) fail(kind error, message, traceback string) *ExecutionError {
	if redact := x.registration.group.image.config.Redact; redact != nil {
		message, traceback = redact(message), redact(traceback)
	}
	return &ExecutionError{Kind: kind, Registration: x.registration, Message: message, Traceback: traceback, Context: x.ctx}
}
