package host

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"tidelock/abi"
)

// Native modules are what C modules are to Lua elsewhere: functions in a compiled language, for what takes too long in
// Lua. They are WebAssembly too, metered as guests are, and every instance that calls one gets an instance of the module
// beside it. A call costs the execution that makes it fuel and time; what goes wrong in it is an error in Lua.
//
// The memory of a module follows that of the script: it is part of the image, starts again where the instance does, and is
// shared by those who share the instance.

var nativeRole = &role{"native module", wantedOfNative, []string{abi.ImportFuel}}

func wantedOfNative(wazero.CompiledModule) []guestExport {
	return []guestExport{
		{abi.ExportVersion, 0, []api.ValueType{api.ValueTypeI32}},
		{abi.ExportInitialise, 0, nil},
		{abi.ExportAllocate, 1, []api.ValueType{api.ValueTypeI32}},
		{abi.ExportFunctions, 0, []api.ValueType{api.ValueTypeI64}},
		{abi.ExportInvoke, 2, []api.ValueType{api.ValueTypeI64}},
	}
}

const (
	maxNativeModules   = 64  // of an image
	maxNativeFunctions = 256 // of a module
)

// nativeModule is a module that the scripts of an image have required.
type nativeModule struct {
	file      string
	number    int
	image     *Image // its code, and what its instances are cloned from once the scripts' image is sealed
	functions []string
}

// native returns the instance of a module beside in, which is made when it is called first.
func (in *instance) native(m *nativeModule) (*instance, error) {
	for len(in.natives) <= m.number {
		in.natives = append(in.natives, nil)
	}
	if in.natives[m.number] == nil {
		if m.image.snapshot == nil {
			return nil, errSpoiledNative
		}
		fresh, err := newInstance(context.Background(), m.image, in.number)
		if err != nil {
			return nil, err
		}
		in.natives[m.number] = fresh
	}
	beside := in.natives[m.number]
	if beside.spoiled {
		if err := beside.replace(); err != nil {
			return nil, err
		}
	}
	if beside.spoiled {
		return nil, errSpoiledNative
	}
	return beside, nil
}

var errSpoiledNative = errors.New("it was stopped in the middle of an earlier call, while scripts were loaded")

// natives are the modules' instances beside one instance, by their numbers; nil where none was needed yet.
type natives []*instance

// reset makes them equal to their images again. What cannot be is made anew when it is called.
func (n natives) reset() {
	for i, in := range n {
		if in != nil && (in.spoiled || !in.body.reset(in.image)) {
			in.close()
			n[i] = nil
		}
	}
}

func (n natives) close() {
	for i, in := range n {
		if in != nil {
			in.close()
			n[i] = nil
		}
	}
}

// call makes one call: the arguments are passed on as they stand, and so are the results.
func (m *nativeModule) call(c *Call, function int) error {
	x := c.Execution
	in, err := x.instance.native(m)
	if err != nil {
		return m.failure(function, err)
	}
	arguments := c.Arguments.Rest()
	if err := in.deliver(arguments); err == ErrOutOfMemory {
		return m.failure(function, errNativeMemory)
	} else if err != nil {
		return m.broken(x, in, function, err)
	}
	in.refill(in.image.quantum)
	in.running = x
	stack := [2]uint64{uint64(function), uint64(len(arguments))}
	err = in.invoke.CallWithStack(in.context, stack[:])
	in.running = nil
	if err != nil {
		return m.broken(x, in, function, err)
	}
	x.chargeAside(in.consumed())
	outcome, length := abi.Unpack(stack[0])
	values := abi.NewReader(in.left(length))
	switch abi.Outcome(outcome) {
	case abi.Done:
		if err := values.Check(); err != nil {
			return m.failure(function, err)
		}
		c.Results.Raw(values.Rest())
		return nil
	case abi.Failed:
		return m.failure(function, errors.New(string(values.Next().Bytes)))
	}
	return m.failure(function, fmt.Errorf("unknown outcome %d", outcome))
}

var errNativeMemory = errors.New("not enough memory")

// broken replaces an instance that has trapped or was killed. When it was because the execution's time is up, the script
// has no fuel left either, so that it is stopped at its next tick.
func (m *nativeModule) broken(x *Execution, in *instance, function int, err error) error {
	switch {
	case errors.As(err, new(killed)):
		err = ErrKilled
		if x.reason != nil {
			err = x.reason
		}
		x.charge(x.instance.consumed())
		x.instance.refill(0)
	case in.memory.refused: // many a runtime can only give up
		err = errNativeMemory
	default:
		text, _, _ := strings.Cut(err.Error(), "\n") // behind it is WebAssembly's stack
		err = errors.New(text)
	}
	if replaced := in.replace(); replaced != nil {
		err = fmt.Errorf("%w; replacing its instance: %w", err, replaced)
	}
	return m.failure(function, err)
}

func (m *nativeModule) failure(function int, err error) error {
	return fmt.Errorf("%s: %w", m.functions[function], err)
}

// refuelNative looks at the clock of the execution that has called a native module. There is no instruction of Lua to stop
// at: the module is killed, and the error that its caller gets is the first of those that end the execution.
func (in *instance) refuelNative(x *Execution) int64 {
	if x.stopping > 0 || x.expired() {
		panic(killed{})
	}
	in.fuelLeft = in.image.quantum
	return in.image.quantum
}

// chargeAside adds fuel that was used beside the instance. Its time is counted already where the clock runs.
func (x *Execution) chargeAside(fuel int64) {
	x.fuel += fuel
	if x.mark == 0 {
		x.cpu += estimate(fuel)
	}
}
