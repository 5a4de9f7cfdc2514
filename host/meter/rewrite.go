package meter

import "time"

// Config names the imports that the pass knows. The module name and Fuel must
// not be empty; Throw and Try may be, and then nothing is lowered.
type Config struct {
	// ImportModule is the module name of the sandbox's imports.
	ImportModule string
	// Fuel is a function () -> i64. The module calls it when its fuel has run out
	// and goes on with the value that it returns. It is added when the module does
	// not import it. A host that panics in it kills the instance.
	Fuel string
	// Throw is a function () -> () that does not return. It must only be called
	// directly.
	Throw string
	// Try is a function (f i32, a i32, b i32) -> i32. It calls entry f of table 0,
	// which must be a function (i32, i32) -> (), with a and b, and returns 0, or 1
	// when a throw ended the call. The module must export a mutable i32 global
	// __stack_pointer, which it restores.
	Try string
}

// Result is a rewritten module.
type Result struct {
	// Module is the binary. Its imports are those of the input without Throw and Try
	// and with Fuel. Active data segments are written only by FunctionInitData.
	Module []byte
	// Globals has an export name for every mutable global, for a host that saves and
	// restores instances: first those of the input in the order of their index, then
	// GlobalFuel, then GlobalUnwinding if present. All are numbers.
	Globals []string
	Stats
}

// Stats describes what a rewriting did.
type Stats struct {
	Functions   int           // that the input defines
	MayThrow    int           // of those, that throw or call what may
	LoopChecks  int           // loops with fuel checks, at their header or at the branches back
	EntryChecks int           // fuel checks at function entries
	SizeIn      int           // bytes of the input
	SizeOut     int           // bytes of the output
	Duration    time.Duration // of the rewriting
}

// Rewrite checks a module against the subset that the sandbox accepts and returns
// it metered, with throw and try lowered. Errors are *UnsupportedError and
// *FormatError. The same input gives the same output; the input is not changed.
//
// Accepted is WebAssembly 2.0 without SIMD, imported memories, tables and globals,
// mutable globals of reference type, start functions, and the instructions that
// write tables. A module need not have a memory, a table or an export. Exports of
// tables are left out. An export that may throw traps when nothing catches.
//
// An imported function may call exports of the module; how deep such calls nest is
// for the host to limit, since the pass does not see them as recursion.
func Rewrite(module []byte, config Config) (*Result, error) {
	start := time.Now()
	m, err := parse(module)
	if err != nil {
		return nil, err
	}
	p, err := newPlan(m, config)
	if err != nil {
		return nil, err
	}
	output, globals := p.write()
	stats := p.stats()
	stats.SizeIn, stats.SizeOut = len(module), len(output)
	stats.Duration = time.Since(start)
	return &Result{Module: output, Globals: globals, Stats: stats}, nil
}

func (p *plan) stats() Stats {
	m := p.module
	s := Stats{Functions: len(m.functions)}
	for node := len(m.imports); node < m.functionCount(); node++ {
		if p.throws[node] {
			s.MayThrow++
		}
	}
	for node := range m.functionCount() {
		if p.checked[node] {
			s.EntryChecks++
		}
	}
	for i := range m.sites {
		if m.sites[i].kind == siteLoop {
			s.LoopChecks++
		}
	}
	return s
}
