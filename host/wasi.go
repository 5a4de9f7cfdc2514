package host

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// A guest written in Go has Go's runtime in it, which asks WASI for the time, randomness, its environment and a place for
// its last words. It gets these from here, and nothing else: whatever reaches a file is refused.

const wasiModule = "wasi_snapshot_preview1"

// Error numbers of WASI.
const (
	wasiSuccess = 0
	wasiBadFile = 8
	wasiFault   = 21
	wasiNone    = 52 // no such function
)

// wasiFunction is one function that a guest may import. call gets its parameters, and returns an error number.
type wasiFunction struct {
	name       string
	parameters []api.ValueType
	call       func(in *instance, parameters []uint64) uint32
}

var (
	wasi1 = []api.ValueType{api.ValueTypeI32}
	wasi2 = []api.ValueType{api.ValueTypeI32, api.ValueTypeI32}
	wasi3 = []api.ValueType{api.ValueTypeI32, api.ValueTypeI32, api.ValueTypeI32}
	wasi4 = []api.ValueType{api.ValueTypeI32, api.ValueTypeI32, api.ValueTypeI32, api.ValueTypeI32}
	wasi5 = []api.ValueType{api.ValueTypeI32, api.ValueTypeI32, api.ValueTypeI32, api.ValueTypeI32, api.ValueTypeI32}
	wasi6 = append(wasi5[:5:5], api.ValueTypeI32)
)

// wasiFunctions are those that Go's runtime and its package os import.
var wasiFunctions = []wasiFunction{
	{"args_get", wasi2, wasiNothing},
	{"args_sizes_get", wasi2, wasiNoArguments},
	{"environ_get", wasi2, wasiEnvironment},
	{"environ_sizes_get", wasi2, wasiEnvironmentSizes},
	{"clock_time_get", []api.ValueType{api.ValueTypeI32, api.ValueTypeI64, api.ValueTypeI32}, wasiClock},
	{"random_get", wasi2, wasiRandom},
	{"fd_write", wasi4, wasiWrite},
	{"sched_yield", nil, wasiNothing},
	{"poll_oneoff", wasi4, wasiPoll},

	{"fd_close", wasi1, wasiRefuse},
	{"fd_read", wasi4, wasiRefuse},
	{"fd_seek", []api.ValueType{api.ValueTypeI32, api.ValueTypeI64, api.ValueTypeI32, api.ValueTypeI32}, wasiRefuse},
	{"fd_filestat_get", wasi2, wasiRefuse},
	{"fd_fdstat_get", wasi2, wasiRefuse},
	{"fd_fdstat_set_flags", wasi2, wasiRefuse},
	{"fd_prestat_get", wasi2, func(*instance, []uint64) uint32 { return wasiBadFile }}, // ends the search for folders
	{"fd_prestat_dir_name", wasi3, wasiRefuse},
	{"path_filestat_get", wasi5, wasiRefuse},
	{"path_remove_directory", wasi3, wasiRefuse},
	{"path_rename", wasi6, wasiRefuse},
	{"path_unlink_file", wasi3, wasiRefuse},
	{"path_open", []api.ValueType{api.ValueTypeI32, api.ValueTypeI32, api.ValueTypeI32, api.ValueTypeI32, api.ValueTypeI32,
		api.ValueTypeI64, api.ValueTypeI64, api.ValueTypeI32, api.ValueTypeI32}, wasiRefuse},
}

const wasiExit = "proc_exit" // the only one without a result

func isWASIFunction(name string) bool {
	for _, f := range wasiFunctions {
		if f.name == name {
			return true
		}
	}
	return name == wasiExit
}

// giveWASI makes the functions known to a runtime.
func giveWASI(ctx context.Context, runtime wazero.Runtime) error {
	builder := runtime.NewHostModuleBuilder(wasiModule)
	for _, f := range wasiFunctions {
		count := len(f.parameters)
		builder.NewFunctionBuilder().WithGoFunction(api.GoFunc(func(ctx context.Context, stack []uint64) {
			parameters := stack[:count]
			for i, kind := range f.parameters {
				if kind == api.ValueTypeI32 {
					parameters[i] = uint64(uint32(parameters[i])) // what stands in the upper half means nothing
				}
			}
			stack[0] = uint64(f.call(ctx.(*callContext).instance, parameters))
		}), f.parameters, wasi1).Export(f.name)
	}
	builder.NewFunctionBuilder().WithGoFunction(api.GoFunc(func(ctx context.Context, stack []uint64) {
		panic(exited{code: uint32(stack[0]), words: string(ctx.(*callContext).instance.lastWords)})
	}), wasi1, nil).Export(wasiExit)
	_, err := builder.Instantiate(ctx)
	return err
}

// exited is what the exit of a guest's program panics with, as a kill does: nothing of it can go on.
type exited struct {
	code  uint32
	words string // the last that it wrote
}

func (e exited) Error() string {
	return fmt.Sprintf("the guest ended itself (code %d): %s", e.code, e.words)
}

func wasiNothing(*instance, []uint64) uint32 { return wasiSuccess }

func wasiRefuse(*instance, []uint64) uint32 { return wasiNone }

// put32 writes integers to guest memory.
func (b *body) put32(address uint64, values ...uint32) uint32 {
	for i, v := range values {
		to := b.window(uint32(address)+uint32(4*i), 4)
		if to == nil {
			return wasiFault
		}
		binary.LittleEndian.PutUint32(to, v)
	}
	return wasiSuccess
}

func wasiNoArguments(in *instance, p []uint64) uint32 {
	return max(in.put32(p[0], 0), in.put32(p[1], 0))
}

// wasiVariable is the environment of a guest: how much memory Go's collector keeps to while it can. Without it heaps
// double until there is no more. The rest is for what is no object: stacks, and what the runtime itself keeps.
func (in *instance) wasiVariable() string {
	return fmt.Sprintf("GOMEMLIMIT=%d\x00", in.image.instanceMemory()/4*3)
}

func wasiEnvironmentSizes(in *instance, p []uint64) uint32 {
	return max(in.put32(p[0], 1), in.put32(p[1], uint32(len(in.wasiVariable()))))
}

func wasiEnvironment(in *instance, p []uint64) uint32 {
	variable := in.wasiVariable()
	to := in.window(uint32(p[1]), uint32(len(variable)))
	if to == nil {
		return wasiFault
	}
	copy(to, variable)
	return in.put32(p[0], uint32(p[1]))
}

// wasiClock tells the time of day (clock 0) or a time that only grows, in nanoseconds.
func wasiClock(in *instance, p []uint64) uint32 {
	to := in.window(uint32(p[2]), 8)
	if to == nil {
		return wasiFault
	}
	now := int64(monotonic())
	if p[0] == 0 {
		now = time.Now().UnixNano()
	}
	binary.LittleEndian.PutUint64(to, uint64(now))
	return wasiSuccess
}

func wasiRandom(in *instance, p []uint64) uint32 {
	to := in.window(uint32(p[0]), uint32(p[1]))
	if to == nil {
		return wasiFault
	}
	rand.Read(to) // never fails
	return wasiSuccess
}

// wasiPoll answers that nothing has happened, not even the end of the sleep that was asked for. Go's runtime looks that up
// with every collection once its scavenger has set a timer, and to let others run before it gives up. It never depends on
// a sleep being long enough, and here nothing else runs while it sleeps.
func wasiPoll(in *instance, p []uint64) uint32 { return in.put32(p[3], 0) }

// maxLastWords is how much is kept of what a guest's runtime says, in bytes.
const maxLastWords = 512

// wasiWrite takes what goes to the standard error output: Go's runtime tells there why it gives up.
func wasiWrite(in *instance, p []uint64) uint32 {
	if p[0] != 2 {
		return wasiBadFile
	}
	written := uint32(0)
	for i := range min(uint32(p[2]), 16) { // the runtime writes one piece at a time
		vector := in.window(uint32(p[1])+8*i, 8)
		if vector == nil {
			return wasiFault
		}
		text := in.window(binary.LittleEndian.Uint32(vector), binary.LittleEndian.Uint32(vector[4:]))
		in.lastWords = append(in.lastWords, text[:min(len(text), maxLastWords-len(in.lastWords))]...)
		written += uint32(len(text))
	}
	return in.put32(p[3], written)
}
