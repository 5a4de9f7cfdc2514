package host

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"time"
	"unsafe"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"tidelock/abi"
	"tidelock/host/meter"
)

// instance is one guest: its memory, and the executions that have a coroutine in it. Everything but turn belongs to
// whoever holds the turn.
type instance struct {
	turn   turn
	image  *Image
	number int // among the instances of its group, from 0

	*body
	generation uint32 // counts the resets that ended parked executions
	closed     bool
	spoiled    bool       // its guest was stopped midway: it has to be replaced before it can be used
	slots      []uint32   // numbers of ended executions, free to be given again
	nextSlot   uint32     // the lowest number never given
	running    *Execution // nil between executions
	aside      int64      // fuel that a call outside of any execution may still take
	natives    natives    // what its script has called of the image's native modules
}

// body is what is replaced when an instance has to be: the wasm instance itself.
type body struct {
	module     api.Module
	memory     *linearMemory
	start      api.Function
	resume     api.Function
	invoke     api.Function // of a native module, which has it instead of the two
	fuel       api.MutableGlobal
	globals    []api.MutableGlobal // in the order of module.globals
	descriptor uint32              // address of the exchange descriptor
	// interruptWord is an address too, of a guest that exports abi.ExportInterruptWord.
	interruptWord uint32
	overflow      []byte // a host function's results that did not fit the inbox, until OpTake
	lastWords     []byte // what the guest's runtime wrote to its standard error output, the beginning
	fuelLeft      int64  // value of the fuel global when it was last read or written here
	context       *callContext
}

// callContext is the context of every call into an instance: it tells host functions which instance calls. It carries
// nothing else, because wazero asks it for values at every call.
type callContext struct {
	context.Context
	instance *instance
}

// Value implements context.Context.
func (*callContext) Value(any) any { return nil }

func newInstance(ctx context.Context, image *Image, number int) (*instance, error) {
	in := &instance{image: image, number: number}
	var err error
	in.body, err = newBody(ctx, in)
	return in, err
}

// boot initialises a guest that is not a clone.
func (in *instance) boot() error {
	name := in.image.module.role.name
	fuel := int64(in.image.config.LoadTime / nanosecondsPerTick)
	for _, export := range []string{meter.FunctionInitData, abi.ExportInitialise} {
		if _, err := in.callAside(fuel, export); err != nil {
			return fmt.Errorf("%s: %s: %w", name, export, err)
		}
	}
	version, err := in.callAside(fuel, abi.ExportVersion)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if major := version >> 16; major != abi.VersionMajor {
		return fmt.Errorf("%s: its ABI has version %d.%d, this host has %d.%d; rebuild it",
			name, major, version&0xffff, abi.VersionMajor, abi.VersionMinor)
	}
	descriptor, err := in.callAside(fuel, abi.ExportAllocate, abi.InboxSize)
	if err != nil {
		return fmt.Errorf("%s: %s: %w", name, abi.ExportAllocate, err)
	}
	in.descriptor = uint32(descriptor)
	if len(in.inbox()) < abi.InboxSize || in.outbox() == nil {
		return fmt.Errorf("%s: %s returned a descriptor of buffers outside its memory", name, abi.ExportAllocate)
	}
	if in.image.module.word {
		word, err := in.callAside(fuel, abi.ExportInterruptWord)
		if err != nil {
			return fmt.Errorf("%s: %s: %w", name, abi.ExportInterruptWord, err)
		}
		in.interruptWord = uint32(word)
	}
	return nil
}

// newBody instantiates the image's module, as a clone of its snapshot if it has one.
func newBody(ctx context.Context, in *instance) (*body, error) {
	image := in.image
	started := time.Now()
	b := &body{
		memory:  &linearMemory{budget: &image.engine.budget, alive: &image.engine.work.instances, image: image.snapshot, limit: image.instanceMemory()},
		context: &callContext{context.Background(), in},
	}
	if err := b.memory.open(image.module.memory); err != nil {
		return nil, fmt.Errorf("memory of an instance: %w", err)
	}
	var err error
	// The engine's own source of randomness, which no guest can reach, would be seeded for each instance.
	settings := wazero.NewModuleConfig().WithName("").WithStartFunctions().WithRandSource(rand.Reader)
	b.module, err = image.engine.runtime.InstantiateModule(b.memory.context(ctx), image.module.compiled, settings)
	if err != nil {
		b.memory.Free()
		return nil, fmt.Errorf("instantiating the guest: %w", err)
	}
	b.start = b.module.ExportedFunction(abi.ExportStart)
	b.resume = b.module.ExportedFunction(abi.ExportResume)
	b.invoke = b.module.ExportedFunction(abi.ExportInvoke)
	for _, name := range image.module.globals {
		g, ok := b.module.ExportedGlobal(name).(api.MutableGlobal)
		if !ok {
			return nil, b.abandon(fmt.Errorf("module: global %s is not exported as mutable", name))
		}
		if name == meter.GlobalFuel {
			b.fuel = g
		}
		b.globals = append(b.globals, g)
	}
	if image.snapshot != nil {
		if err := b.become(image); err != nil {
			return nil, b.abandon(err)
		}
		image.engine.work.clones.add(started)
	}
	return b, nil
}

func (b *body) abandon(err error) error {
	b.module.Close(context.Background())
	return err
}

// become gives a fresh instance the size, the globals and the descriptor of the image; its memory shows it already.
func (b *body) become(image *Image) error {
	if missing := uint64(len(image.snapshot.memory)) - b.memory.size; missing > 0 {
		if _, ok := b.module.Memory().Grow(uint32(missing / wasmPage)); !ok {
			return ErrOutOfMemory
		}
	}
	b.descriptor, b.interruptWord = image.descriptor, image.interruptWord
	for i, g := range b.globals {
		g.Set(image.globals[i])
	}
	b.refill(image.quantum)
	return nil
}

// reset makes a clone equal to its image again. It reports false when the clone has to be replaced.
func (b *body) reset(image *Image) bool {
	if !b.memory.restore() {
		return false
	}
	for i, g := range b.globals {
		g.Set(image.globals[i])
	}
	b.overflow = nil
	b.refill(image.quantum)
	return true
}

// refill sets the fuel global; consumed returns how much of it was used since it was last set or read.
func (b *body) refill(fuel int64) {
	b.fuelLeft = fuel
	b.fuel.Set(uint64(fuel))
}

func (b *body) consumed() int64 {
	left := int64(b.fuel.Get())
	used := b.fuelLeft - left
	b.fuelLeft = left
	return used
}

// call calls an export that is needed too seldom to keep.
func (b *body) call(export string, parameters ...uint64) (uint64, error) {
	results, err := b.module.ExportedFunction(export).Call(b.context, parameters...)
	if err != nil || len(results) == 0 {
		return 0, err
	}
	return results[0], nil
}

// window returns length bytes of guest memory, or nil when they are not all there.
func (b *body) window(address, length uint32) []byte {
	memory := b.memory.bytes()
	if uint64(address)+uint64(length) > uint64(len(memory)) {
		return nil
	}
	return memory[address : address+length : address+length]
}

// overlap reports whether two windows share bytes.
func overlap(a, b []byte) bool {
	from, to := uintptr(unsafe.Pointer(unsafe.SliceData(a))), uintptr(unsafe.Pointer(unsafe.SliceData(b)))
	return from < to+uintptr(len(b)) && to < from+uintptr(len(a))
}

// inbox and outbox return the exchange buffers as the guest's descriptor tells them.
func (b *body) inbox() []byte  { return b.buffer(0) }
func (b *body) outbox() []byte { return b.buffer(8) }

func (b *body) buffer(offset uint32) []byte {
	d := b.window(b.descriptor, abi.DescriptorSize)
	if d == nil {
		return nil
	}
	return b.window(binary.LittleEndian.Uint32(d[offset:]), binary.LittleEndian.Uint32(d[offset+4:]))
}

// deliver writes encoded values to the inbox, making it larger where it must be.
func (in *instance) deliver(values []byte) error {
	inbox := in.inbox()
	if len(inbox) < len(values) {
		address, err := in.callAside(asideFuel, abi.ExportAllocate, uint64(len(values)))
		if err != nil {
			return err
		}
		if inbox = in.inbox(); address == 0 || len(inbox) < len(values) {
			return ErrOutOfMemory
		}
	}
	copy(inbox, values)
	return nil
}

// left returns what a guest call has left in the outbox.
func (b *body) left(length int) []byte {
	out := b.outbox()
	return out[:min(length, len(out))]
}

// replace gives the instance a new body after the old one could not go on. Executions that wait in it find another
// generation when they come back. Without a snapshot, while an image is being loaded, there is nothing to replace it by,
// and it stays spoiled.
func (in *instance) replace() error {
	old := in.body
	in.spoiled = true
	in.generation++
	in.slots, in.nextSlot = in.slots[:0], 0
	in.natives.close()
	if in.image.snapshot == nil {
		return nil
	}
	fresh, err := newBody(context.Background(), in)
	if err != nil {
		return err
	}
	in.body, in.spoiled = fresh, false
	in.image.engine.work.replaced.Add(1)
	old.module.Close(context.Background())
	return nil
}

// shrink gives back the memory that an execution without measure has taken, which all others of the engine may lack: a
// WebAssembly memory cannot become smaller, but a fresh clone is small. While other executions are in the instance it
// stays as it is.
func (in *instance) shrink() {
	if in.image.snapshot != nil && len(in.slots) == int(in.nextSlot) {
		in.replace() //nolint:errcheck // then it stays spoiled, and is tried again
	}
}

func (in *instance) takeSlot() uint32 {
	if n := len(in.slots); n > 0 {
		slot := in.slots[n-1]
		in.slots = in.slots[:n-1]
		return slot
	}
	in.nextSlot++
	return in.nextSlot - 1
}

func (in *instance) giveSlot(slot uint32) { in.slots = append(in.slots, slot) }

// close frees the instance. Executions that wait in it find it closed when they come back.
func (in *instance) close() {
	if in.closed {
		return
	}
	in.closed = true
	in.generation++
	in.natives.close()
	in.module.Close(context.Background())
}

// closeInTurn closes the instance when it is nobody's turn.
func (in *instance) closeInTurn() {
	in.turn.acquire(context.Background()) //nolint:errcheck // cannot end early
	in.close()
	in.turn.release()
}

// epoch is where the host's monotonic clock starts.
var epoch = time.Now()

// monotonic is cheaper than time.Now, which reads two clocks.
func monotonic() time.Duration { return time.Since(epoch) }
