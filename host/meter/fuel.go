package meter

import "math"

const (
	// initialFuel lasts for minutes of initialisation: the host sets the global
	// before it runs anything that it does not trust.
	initialFuel = math.MaxInt32 << 8

	// untickedWork bounds the bytes of instructions and the locals, in a function and
	// all that it calls without a check, before the function gets a check of its own.
	// Cutting cycles is not enough: a hundred functions that each call the next one
	// twice have no cycle and run for ever. In the Lua interpreter it adds 68 checks
	// to the 40 of the feedback set, where they cost nothing that can be measured.
	untickedWork = 1 << 16

	// bulkShift makes memory.copy, memory.fill and memory.init cost a tick per 64
	// bytes, so that filling a memory is not one tick. Lua's string benchmarks are no
	// slower for it.
	bulkShift = 6
)

// entryChecks returns the functions that tick when they are entered: the
// feedback set, and those above the bound of untickedWork.
func (g *callGraph) entryChecks(size func(node uint32) uint64) []bool {
	checked := g.feedbackSet()
	callers := g.callees.reverse()
	nodes := uint32(g.callees.nodes())
	waiting := make([]uint32, nodes) // calls whose work is not known yet
	work := make([]uint64, nodes)    // of the calls that is known
	var known []uint32
	for node := range nodes {
		for _, callee := range g.callees.from(node) {
			if !checked[callee] {
				waiting[node]++
			}
		}
	}
	for node := range nodes {
		if waiting[node] == 0 && !checked[node] {
			known = append(known, node)
		}
	}
	// What the feedback set leaves has no cycle, so callees come before callers.
	for len(known) > 0 {
		node := known[len(known)-1]
		known = known[:len(known)-1]
		if g.isFunction(node) {
			work[node] += size(node)
			if work[node] > untickedWork {
				checked[node] = true
				work[node] = 0
			}
		}
		for _, caller := range callers.from(node) {
			if int(caller) < g.functions {
				work[caller] += work[node]
			} else { // a call through a table reaches one of its functions
				work[caller] = max(work[caller], work[node])
			}
			if waiting[caller]--; waiting[caller] == 0 && !checked[caller] {
				known = append(known, caller)
			}
		}
	}
	return checked
}

// tick emits the fuel check. It keeps the operand stack as it is, so it can stand
// below the parameters of a loop. temporary is an i64 local.
func (p *plan) tick(w *writer, temporary uint32) {
	w.op(opGlobalGet, p.fuelGlobal)
	w.i64Const(1)
	w.byte(opI64Sub)
	w.op(opLocalTee, temporary)
	w.op(opGlobalSet, p.fuelGlobal)
	w.op(opLocalGet, temporary)
	w.i64Const(0)
	w.byte(opI64LtS, opIf, blockEmpty)
	w.op(opCall, p.fuelFunction)
	w.op(opGlobalSet, p.fuelGlobal)
	w.byte(opEnd)
}

// chargeBulk emits what pays for a bulk instruction, whose length is on top of
// the operand stack. The next tick notices when the fuel is spent.
func (p *plan) chargeBulk(w *writer, temporary uint32) {
	w.byte(opI64ExtendI32)
	w.op(opLocalTee, temporary)
	w.byte(opI32WrapI64)
	w.op(opGlobalGet, p.fuelGlobal)
	w.op(opLocalGet, temporary)
	w.i64Const(bulkShift)
	w.byte(opI64ShrU, opI64Sub)
	w.op(opGlobalSet, p.fuelGlobal)
}
