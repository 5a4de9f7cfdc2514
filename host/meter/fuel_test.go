package meter

import (
	"errors"
	"testing"

	"github.com/tetratelabs/wazero/api"
)

// TestFuelCutsEndlessRuns runs modules that never end by themselves.
func TestFuelCutsEndlessRuns(t *testing.T) {
	branch := func(label int) []byte { return code(opBranch, label) }
	tests := []struct {
		name  string
		build func(b *builder)
	}{
		{"loop", func(b *builder) {
			b.exported("run", "", "", "", opLoop, blockEmpty, branch(0), opEnd)
		}},
		{"loop with parameters and results", func(b *builder) {
			loop := b.typeOf(i32+i64, i32+i64)
			b.exported("run", "", "", "",
				constI32Code(1), constI64Code(2), opLoop, loop, branch(0), opEnd, drop, drop)
		}},
		{"loop by conditional branch", func(b *builder) {
			b.exported("run", "", "", "", opLoop, blockEmpty, constI32Code(1), opBranchIf, 0, opEnd)
		}},
		{"loop by branch table", func(b *builder) {
			b.exported("run", "", "", "", opBlock, blockEmpty, opLoop, blockEmpty,
				constI32Code(0), branchTable, 1, 0, 1, opEnd, opEnd)
		}},
		{"outer loop from an inner block", func(b *builder) {
			b.exported("run", "", "", "", opLoop, blockEmpty, opBlock, blockEmpty, constI32Code(1),
				opIf, blockEmpty, branch(2), opElse, opUnreachable, opEnd, opEnd, opEnd)
		}},
		{"tree of calls without a cycle", func(b *builder) {
			b.function("", "", "")
			for range 60 {
				last := b.next() - 1
				b.function("", "", "", opCall, last, opCall, last)
			}
			b.export("run", externalFunction, b.next()-1)
		}},
		{"fill of memory again and again", func(b *builder) {
			b.onePage()
			b.function("", "", "", constI32Code(0), constI32Code(0), constI32Code(1<<16), opPrefixMisc, miscMemoryFill, 0)
			b.exported("run", "", "", i32, opLoop, blockEmpty, opCall, 0, opLocalGet, 0, constI32Code(1), i32Add,
				opLocalTee, 0, constI32Code(100), i32LtS, opBranchIf, 0, opEnd)
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBuilder()
			test.build(b)
			onEngines(t, b.bytes(), func(t *testing.T, s *sandbox, instance api.Module) {
				setGlobal(instance, GlobalFuel, 5)
				if _, err := call(instance, "run"); !errors.Is(err, errKilled) {
					t.Fatalf("run ended with %v after %d refuels", err, s.refuels)
				}
			})
		})
	}
}

// TestFuelCutsRecursion runs recursions with tail positions only, so that the
// engine's stack limit ends what the fuel does not.
func TestFuelCutsRecursion(t *testing.T) {
	tests := []struct {
		name   string
		checks int
		build  func(b *builder)
	}{
		{"direct", 1, func(b *builder) {
			b.exported("run", "", "", "", opCall, 0)
		}},
		{"mutual", 1, func(b *builder) {
			b.function("", "", "", opCall, 1)
			b.function("", "", "", opCall, 2)
			b.exported("run", "", "", "", opCall, 0)
		}},
		{"through a table", 1, func(b *builder) {
			none := b.typeOf("", "")
			b.exported("run", "", "", "", constI32Code(0), opCallIndirect, none, 0)
			b.table(0)
		}},
		{"mutual through a table and back", 1, func(b *builder) {
			one := b.typeOf(i32, "")
			b.exported("run", "", "", "", constI32Code(5), constI32Code(0), opCallIndirect, one, 0)
			b.function(i32, "", "", opCall, 0)
			b.table(1)
		}},
		{"two cycles that share a function", 1, func(b *builder) {
			b.exported("run", "", "", "", opCall, 1, opCall, 2)
			b.function("", "", "", opCall, 0)
			b.function("", "", "", opCall, 0)
		}},
		{"through try", 1, func(b *builder) {
			try := b.try()
			b.stackPointer()
			b.exported("run", "", "", "", constI32Code(0), constI32Code(0), constI32Code(0), opCall, try, drop)
			b.function(i32+i32, "", "", opCall, 1)
			b.table(2)
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBuilder()
			test.build(b)
			if got := rewrite(t, b.bytes()).EntryChecks; got != test.checks {
				t.Errorf("%d entry checks, want %d", got, test.checks)
			}
			onEngines(t, b.bytes(), func(t *testing.T, s *sandbox, instance api.Module) {
				s.quantum = 10
				setGlobal(instance, GlobalFuel, 5)
				if _, err := call(instance, "run"); !errors.Is(err, errKilled) {
					t.Fatalf("run ended with %v after %d refuels", err, s.refuels)
				}
			})
		})
	}
}

// TestFuelCount checks what a loop costs: a tick for each branch back to it, or, where many branches go back, one for
// each pass through its header.
func TestFuelCount(t *testing.T) {
	countDown := code(opLocalGet, 0, constI32Code(1), i32Sub, opLocalTee, 0)
	var branches []byte // more than tickAtHeader of them, the last of which is taken
	for range tickAtHeader {
		branches = append(branches, code(constI32Code(0), opBranchIf, 0)...)
	}
	tests := []struct {
		name   string
		body   []byte
		passes uint64
		ticks  uint64
	}{
		{"one branch back", code(opLoop, blockEmpty, countDown, opBranchIf, 0, opEnd), 300, 299},
		{"entered once", code(opLoop, blockEmpty, countDown, opBranchIf, 0, opEnd), 1, 0},
		{"unconditional branch back", code(opBlock, blockEmpty, opLoop, blockEmpty, countDown, i32Eqz, opBranchIf, 1,
			opBranch, 0, opEnd, opEnd), 300, 299},
		{"branch out of a block", code(opLoop, blockEmpty, opBlock, blockEmpty, countDown, opBranchIf, 1, opEnd, opEnd), 300, 299},
		{"many branches back", code(opLoop, blockEmpty, branches, countDown, opBranchIf, 0, opEnd), 300, 300},
		{"branch table", code(opBlock, blockEmpty, opLoop, blockEmpty, countDown, i32Eqz, branchTable, 1, 0, 1, opEnd, opEnd), 300, 300},
		{"results left on the stack", code(constI32Code(7), opLoop, blockEmpty, countDown, opBranchIf, 0, opEnd, drop), 300, 299},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBuilder()
			b.exported("count", i32, i32, "", test.body, opLocalGet, 0)
			onEngines(t, b.bytes(), func(t *testing.T, s *sandbox, instance api.Module) {
				setGlobal(instance, GlobalFuel, 1000)
				results, err := call(instance, "count", test.passes)
				if err != nil || results[0] != 0 {
					t.Fatal(results, err)
				}
				if got := 1000 - instance.ExportedGlobal(GlobalFuel).Get(); got != test.ticks || s.refuels != 0 {
					t.Errorf("%d ticks and %d refuels, want %d and none", got, s.refuels, test.ticks)
				}
			})
		})
	}
}

// TestFuelRefill checks that ticks beyond the fuel come off the next quantum.
func TestFuelRefill(t *testing.T) {
	b := newBuilder()
	b.exported("count", i32, "", "",
		opLoop, blockEmpty, opLocalGet, 0, constI32Code(1), i32Sub, opLocalTee, 0, opBranchIf, 0, opEnd)
	onEngines(t, b.bytes(), func(t *testing.T, s *sandbox, instance api.Module) {
		setGlobal(instance, GlobalFuel, 700)
		if _, err := call(instance, "count", 801); err != nil {
			t.Fatal(err)
		}
		// 701 of the 800 ticks go below zero; the other 99 come off the new quantum of 100.
		if left := instance.ExportedGlobal(GlobalFuel).Get(); left != 1 || s.refuels != 1 {
			t.Errorf("%d ticks left and %d refuels, want 1 and 1", left, s.refuels)
		}
	})
}

// TestFuelChargesBulk checks the price of bulk instructions.
func TestFuelChargesBulk(t *testing.T) {
	tests := []struct {
		name         string
		instructions []byte
		ticks        uint64
	}{
		{"memory.fill", code(constI32Code(0), constI32Code(7), constI32Code(6400), opPrefixMisc, miscMemoryFill, 0), 100},
		{"memory.copy", code(constI32Code(0), constI32Code(64), constI32Code(640), opPrefixMisc, miscMemoryCopy, 0, 0), 10},
		{"memory.init", code(constI32Code(0), constI32Code(0), constI32Code(128), opPrefixMisc, miscMemoryInit, 0, 0), 2},
		{"short", code(constI32Code(0), constI32Code(7), constI32Code(63), opPrefixMisc, miscMemoryFill, 0), 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBuilder()
			b.onePage()
			b.passiveData(string(make([]byte, 128)))
			b.exported("run", "", "", "", test.instructions)
			onEngines(t, b.bytes(), func(t *testing.T, s *sandbox, instance api.Module) {
				setGlobal(instance, GlobalFuel, 1000)
				if _, err := call(instance, "run"); err != nil {
					t.Fatal(err)
				}
				if got := 1000 - instance.ExportedGlobal(GlobalFuel).Get(); got != test.ticks {
					t.Errorf("%d ticks, want %d", got, test.ticks)
				}
			})
		})
	}
}
