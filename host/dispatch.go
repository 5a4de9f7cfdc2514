package host

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"time"

	"tidelock/abi"
)

// hostCall is the import abi.ImportCall: every call of a guest to the host arrives here. Nothing that a guest passes
// is trusted.
func hostCall(ctx context.Context, stack []uint64) {
	in := ctx.(*callContext).instance
	stack[0] = in.dispatch(abi.Operation(stack[0]), uint32(stack[1]), uint32(stack[2]))
}

var (
	errBounds    = errors.New("address or length outside the guest's memory")
	errOverlap   = errors.New("arguments lie in the inbox")
	errOperation = errors.New("unknown operation")
	errNoPark    = errors.New("no operation is parked")
)

// dispatch carries out one operation and packs its result.
func (in *instance) dispatch(op abi.Operation, address, length uint32) uint64 {
	window := in.window(address, length)
	inbox := in.inbox()
	if window == nil || inbox == nil {
		return in.answer(abi.NewWriter(inbox[:0]), errBounds)
	}
	if op == abi.OpTake {
		return in.take(window)
	}
	if in.overflow != nil { // the guest had no room to take it
		in.overflow = nil
	}
	if overlap(window, inbox) { // arguments must stay as they are while results are written
		return in.answer(abi.NewWriter(inbox[:0]), errOverlap)
	}
	x := in.running
	if x == nil { // while the guest initialises itself, before any execution
		x = &Execution{instance: in}
		x.call.Execution = x
	}
	call := &x.call
	call.Arguments, call.Results, call.count = abi.NewReader(window), abi.NewWriter(inbox[:0]), 0
	err := errOperation
	if malformed := call.Arguments.Check(); malformed != nil { // functions may rely on how deep a table can be
		err = malformed
	} else if op >= abi.FirstFunction {
		if f := in.image.bindings.function(uint32(op - abi.FirstFunction)); f != nil {
			err = f(call)
		}
	} else if f := operations[op]; f != nil {
		err = f(call)
	}
	if err == errParked {
		x.parkedBy = uint32(op - abi.FirstFunction)
		return abi.Pack(uint8(abi.StatusPark), 0)
	}
	return in.answer(call.Results, err)
}

// operations are the ABI's own, by number. The array covers all numbers below abi.FirstFunction.
var operations = [abi.FirstFunction]Function{
	abi.OpResolve: opResolve,
	abi.OpWait:    opWait,
	abi.OpTime:    opTime,
	abi.OpClock:   opClock,
	abi.OpRandom:  opRandom,
	abi.OpWarn:    opWarn,
}

// answer packs the results that stand in the inbox, or keeps for OpTake those that did not fit.
func (in *instance) answer(results abi.Writer, err error) uint64 {
	status := abi.StatusOK
	if err != nil {
		status = abi.StatusError
		results.Truncate(0)
		results.String(err.Error())
	}
	encoded := results.Bytes()
	if inbox := in.inbox(); len(encoded) <= len(inbox) {
		if len(encoded) > 0 && &encoded[0] != &inbox[0] {
			copy(inbox, encoded)
		}
		return abi.Pack(uint8(status), len(encoded))
	}
	if status == abi.StatusError || len(encoded) > abi.MaxExchange { // a guest whose inbox cannot hold a message gets none
		return abi.Pack(uint8(abi.StatusError), 0)
	}
	in.overflow = encoded
	return abi.Pack(uint8(abi.StatusMore), len(encoded))
}

// take is abi.OpTake.
func (in *instance) take(window []byte) uint64 {
	encoded := in.overflow
	in.overflow = nil
	if encoded == nil || len(window) < len(encoded) {
		return in.answer(abi.NewWriter(nil), errBounds)
	}
	return abi.Pack(uint8(abi.StatusOK), copy(window, encoded))
}

func opResolve(c *Call) error {
	name, err := c.String()
	if err != nil {
		return err
	}
	number, err := c.Execution.instance.image.bindings.bind(string(name))
	if err != nil {
		return err
	}
	c.Results.Int(int64(number))
	return nil
}

// opWait carries out the parked operation on the spot, where the guest cannot yield: the instance stays held, and the
// waiting does not count as processor time. Since it holds up those who want the instance, it ends with the image too,
// and does not wait at all for an execution that is to end.
func opWait(c *Call) error {
	x := c.Execution
	operation := x.pending
	if x.suspending = false; operation == nil {
		return errNoPark
	}
	x.pending = nil
	x.pause()
	defer x.unpause()
	x.Waits++
	if x.observation != nil {
		x.observation.Waiting(x.waitsFor())
		defer x.observation.Resumed()
	}
	ctx, end := context.WithCancelCause(x.ctx)
	defer end(nil)
	defer context.AfterFunc(x.instance.image.life, func() { end(ErrClosed) })()
	if x.stopping > 0 {
		end(x.reason)
	}
	return operation(ctx, &c.Results)
}

func opTime(c *Call) error {
	at, err := c.Int()
	if err != nil {
		return err
	}
	_, offset := time.Unix(at, 0).Zone()
	c.Results.Int(time.Now().UnixNano())
	c.Results.Int(int64(offset))
	return nil
}

func opClock(c *Call) error {
	c.Results.Int(int64(processTime()))
	return nil
}

func opRandom(c *Call) error {
	var seed [16]byte
	rand.Read(seed[:]) // never fails
	c.Results.Int(int64(binary.LittleEndian.Uint64(seed[:8])))
	c.Results.Int(int64(binary.LittleEndian.Uint64(seed[8:])))
	return nil
}

func opWarn(c *Call) error {
	message, err := c.String()
	if err != nil {
		return err
	}
	if log := c.Execution.instance.image.config.Log; log != nil {
		log(c.Execution, LevelWarning, "Lua warning: "+string(message))
	}
	return nil
}
