package host

import (
	"context"
	"errors"

	"tidelock/abi"
)

// Kinds of registrations that the host itself acts on. All others are the embedder's business.
const (
	KindMain = "main" // a chunk's main function, which runs when it is loaded
	KindInit = "init" // runs once, when the image is sealed
	KindTask = "task" // runs in the background from StartTasks on
)

// Registration is a function that a script registered under a kind and a name.
type Registration struct {
	Kind    string
	Name    string
	Source  string // chunk and line where the function is defined
	Line    int
	Options []byte // encoded values that came with it, for the embedder

	// Group numbers what it shares an instance with, from 1. It is 0 for init functions, before Seal, and where each
	// execution has an instance of its own.
	Group int
	// Parallel says that several instances run its executions, because nothing that these change outlives them.
	Parallel bool

	image  *Image
	number uint32 // by which the guest knows the function
	limits Limits
	group  *group
	origin context.Context
}

// Origin is the context of the execution that registered the function while it ran: one that may have ended since. It is nil
// for a function that was registered while its script was loaded.
func (r *Registration) Origin() context.Context { return r.origin }

// Owner is the ImageConfig's.
func (r *Registration) Owner() any { return r.group.image.config.Owner }

// claimed checks an instance whose turn was just taken.
func (in *instance) claimed() (*instance, error) {
	var err error
	switch {
	case in.closed:
		err = ErrClosed
	case in.spoiled:
		if err = in.replace(); err == nil && in.spoiled {
			err = errSpoiled
		}
	}
	if err != nil {
		in.turn.release()
		return nil, err
	}
	return in, nil
}

var errSpoiled = errors.New("the interpreter was stopped in the middle of an earlier chunk")

// unclaim gives an instance back.
func (r *Registration) unclaim(in *instance) {
	if r.group.pool != nil {
		r.group.pool.put(in)
	}
	in.turn.release()
}

// compile gives a chunk to the guest, which compiles it and says the number of its main function.
func (r *Registration) compile(ctx context.Context, chunk Chunk, trusted bool) error {
	x := r.Begin(ctx, nil)
	defer x.End()
	x.Arguments.String(chunk.Name)
	x.Arguments.String(chunk.Source)
	x.Arguments.Bool(trusted)
	in, err := r.group.claim(ctx)
	if err != nil {
		return x.unstarted(err)
	}
	defer r.unclaim(in)
	x.instance = in
	if err := in.deliver(x.Arguments.Bytes()); err != nil {
		return x.undelivered(err)
	}
	outcome, length, err := x.enterSeldom(abi.ExportLoad, uint64(x.Arguments.Len()))
	if err != nil {
		return x.broken(err)
	}
	values := abi.NewReader(in.left(length))
	if outcome != abi.Done {
		kind := ErrScript
		if outcome == abi.OutOfMemory {
			kind = ErrOutOfMemory
		}
		failure := x.fail(kind, string(values.Next().Bytes), "")
		failure.Uncompiled = kind == ErrScript
		return failure
	}
	number := values.Next()
	if number.Type != abi.Integer {
		return x.fail(ErrFault, "load returned no number", "")
	}
	r.number = uint32(number.Int)
	return nil
}
