package host

import (
	"context"
	"encoding/binary"
	"time"

	"tidelock/abi"
)

const (
	// graceQuanta is how many quanta pass between asking an execution to stop at its next Lua instruction and killing
	// it: some 40 ms, in which the longest step of a garbage collection over a full instance comes to an end.
	graceQuanta = 1000
	// nanosecondsPerTick estimates processor time where measuring it would cost more than what it measures.
	nanosecondsPerTick = 4
	// asideFuel bounds a call that the host makes for its own ends, such as making the inbox larger.
	asideFuel = graceQuanta * DefaultQuantum
)

// killed is what the fuel import panics with to end an execution that nothing else can end. wazero hands it to whoever
// called into the guest. See RATIONALE.md, "Why is a kill a panic?".
type killed struct{}

func (killed) Error() string { return ErrKilled.Error() }

// hostFuel is the import abi.ImportFuel: the guest has used up its quantum. What it returns is the next one. Entering a
// Go function is also where a garbage collection that waits for this goroutine gets it.
func hostFuel(ctx context.Context, stack []uint64) {
	stack[0] = uint64(ctx.(*callContext).instance.refuel())
}

func (in *instance) refuel() int64 {
	quantum, used := in.image.quantum, in.fuelLeft
	in.fuelLeft = quantum
	x := in.running
	if x == nil {
		if in.aside -= used; in.aside < 0 {
			panic(killed{})
		}
		return quantum
	}
	x.charge(used)
	quantum = x.ration(quantum)
	in.fuelLeft = quantum
	if in.image.module.role == nativeRole {
		return in.refuelNative(x)
	}
	if x.stopping > 0 {
		switch x.stopping--; x.stopping {
		case graceQuanta / 2: // what a cancelled execution left to be closed runs until here unasked
			in.interrupt(abi.InterruptTimeout)
		case 0:
			x.position = in.locate()
			panic(killed{})
		}
		return quantum
	}
	switch {
	case x.expired():
		x.stopping = graceQuanta
		in.interrupt(abi.InterruptTimeout)
	case in.turn.contended():
		in.interrupt(abi.InterruptYield)
	}
	return quantum
}

// ration bounds a quantum by what is left of the execution's fuel, so that its end comes at the same tick every time. An
// execution that is being stopped has quanta as before.
func (x *Execution) ration(quantum int64) int64 {
	if left := x.limits.Fuel - x.fuel; x.limits.Fuel > 0 && left > 0 {
		return min(quantum, left)
	}
	return quantum
}

// callAside calls an export in which no script runs: fuel bounds it, whatever an execution that it interrupts has left,
// and stays out of the execution's bill.
func (in *instance) callAside(fuel int64, export string, parameters ...uint64) (uint64, error) {
	running, left := in.running, in.fuelLeft
	defer func() {
		in.running = running
		in.refill(left)
	}()
	in.running, in.aside = nil, fuel
	in.refill(in.image.quantum)
	return in.call(export, parameters...)
}

// interrupt makes the guest look up at its next instruction. It re-enters the guest, which has no fuel at this point. A
// guest that does not even bear that is killed.
func (in *instance) interrupt(kind abi.Interrupt) {
	if in.image.module.word {
		word := in.window(in.interruptWord, 4)
		if word == nil {
			panic(killed{})
		}
		binary.LittleEndian.PutUint32(word, uint32(kind))
		return
	}
	if _, err := in.callAside(asideFuel, abi.ExportInterrupt, uint64(kind)); err != nil {
		panic(killed{})
	}
}

// locate asks a guest that is about to be killed where its script stands.
func (in *instance) locate() string {
	if in.image.module.word { // which cannot be asked now
		return ""
	}
	packed, err := in.callAside(asideFuel, abi.ExportLocate)
	if err != nil {
		return ""
	}
	_, length := abi.Unpack(packed)
	values := abi.NewReader(in.left(length))
	return string(values.Next().Bytes)
}

// expired says whether the execution has to end.
func (x *Execution) expired() bool {
	if x.instance.image.life.Err() != nil {
		x.reason = ErrClosed
		return true
	}
	if x.ctx.Err() != nil {
		x.reason = ErrCancelled
		return true
	}
	limits := &x.limits
	if limits.Fuel > 0 && x.fuel >= limits.Fuel {
		x.reason = ErrOutOfFuel
		return true
	}
	if limits.Time > 0 && x.cpu > limits.Time || limits.Burst > 0 && x.cpu-x.burstStart > limits.Burst {
		x.reason = ErrTimeout
		return true
	}
	return false
}

// The clock of an execution runs while it executes. Reading the time costs as much as a small script, so until the first
// refuelling or wait it is only estimated, by the fuel used.

// charge adds a slice in which fuel was used, up to now. The clock starts running when it has not.
func (x *Execution) charge(fuel int64) {
	now := monotonic()
	x.fuel += fuel
	if x.mark == 0 {
		x.cpu += estimate(fuel)
	} else {
		x.cpu += now - x.mark
	}
	x.mark = now
}

func estimate(fuel int64) time.Duration { return time.Duration(fuel * nanosecondsPerTick) }

// pause stops the clock when the guest has returned or waits, unpause starts it again.
func (x *Execution) pause() {
	used := x.instance.consumed()
	if x.mark != 0 {
		x.charge(used)
		return
	}
	x.fuel += used
	x.cpu += estimate(used)
}

func (x *Execution) unpause() {
	x.mark = monotonic()
	x.burstStart = x.cpu
}
