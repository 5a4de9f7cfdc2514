package meter

import (
	"strings"
	"testing"

	"github.com/tetratelabs/wazero/api"
)

// protect is the code of try(f, a, b).
func protect(try uint32, f, a, b int32) []byte {
	return code(constI32Code(f), constI32Code(a), constI32Code(b), opCall, try)
}

// TestUnwinding runs an export "run" of type () -> i32 of each module.
func TestUnwinding(t *testing.T) {
	const callee = i32 + i32 // parameters of what try calls
	tests := []struct {
		name  string
		want  uint64
		build func(b *builder)
	}{
		{"nothing thrown", 0, func(b *builder) {
			try := b.try()
			b.stackPointer()
			b.function(callee, "", "")
			b.exported("run", "", i32, "", protect(try, 0, 0, 0))
			b.table(1)
		}},
		{"arguments arrive", 0, func(b *builder) {
			try := b.try()
			b.stackPointer()
			sum := b.global(typeI32, 1, constI32Code(0))
			b.function(callee, "", "", opLocalGet, 0, opLocalGet, 1, i32Sub, opGlobalSet, sum)
			b.exported("run", "", i32, "", protect(try, 0, 44, 2), opGlobalGet, sum, i32Add, constI32Code(42), i32Sub)
			b.table(1)
		}},
		{"thrown through three levels", 1, func(b *builder) {
			throw, try := b.throw(), b.try()
			b.stackPointer()
			b.function("", i32, "", opCall, throw, opUnreachable)
			b.function(i64, f64, "", opBlock, blockEmpty, opCall, 2, drop, opUnreachable, opEnd, opF64Const, make([]byte, 8))
			b.function(callee, "", "", constI64Code(1), opCall, 3, drop, opUnreachable)
			b.exported("run", "", i32, "", protect(try, 0, 0, 0))
			b.table(4)
		}},
		{"thrown through a table", 1, func(b *builder) {
			throw, try := b.throw(), b.try()
			b.stackPointer()
			leaf := b.typeOf("", i64)
			b.function("", i64, "", opCall, throw, opUnreachable)
			b.function(callee, "", "", constI32Code(0), opCallIndirect, leaf, 0, drop, opUnreachable)
			b.exported("run", "", i32, "", protect(try, 1, 0, 0))
			b.table(2, 3)
		}},
		{"inner try ends it", 10, func(b *builder) {
			throw, try := b.throw(), b.try()
			b.stackPointer()
			seen := b.global(typeI32, 1, constI32Code(0))
			b.function(callee, "", "", opCall, throw, opUnreachable)
			b.function(callee, "", "", protect(try, 0, 0, 0), constI32Code(9), i32Add, opGlobalSet, seen)
			b.exported("run", "", i32, "", protect(try, 1, 0, 0), opGlobalGet, seen, i32Add)
			b.table(2, 3)
		}},
		{"rethrown", 11, func(b *builder) {
			throw, try := b.throw(), b.try()
			b.stackPointer()
			seen := b.global(typeI32, 1, constI32Code(0))
			b.function(callee, "", "", opCall, throw, opUnreachable)
			b.function(callee, "", "", protect(try, 0, 0, 0), constI32Code(9), i32Add, opGlobalSet, seen, opCall, throw)
			b.exported("run", "", i32, "", protect(try, 1, 0, 0), opGlobalGet, seen, i32Add)
			b.table(2, 3)
		}},
		{"stack pointer restored", 1024 + 1, func(b *builder) {
			throw, try := b.throw(), b.try()
			pointer := b.stackPointer()
			b.function(callee, "", "", constI32Code(16), opGlobalSet, pointer, opCall, throw, opUnreachable)
			b.exported("run", "", i32, "", protect(try, 0, 0, 0), opGlobalGet, pointer, i32Add)
			b.table(2)
		}},
		{"several results", 1, func(b *builder) {
			throw, try := b.throw(), b.try()
			b.stackPointer()
			b.function(i32, i32+i64+f32+f64+string(rune(typeFunction)), "",
				opLocalGet, 0, opIf, blockEmpty, opCall, throw, opUnreachable, opEnd,
				constI32Code(1), constI64Code(2), opF32Const, 0, 0, 0, 0, opF64Const, make([]byte, 8), opRefNull, typeFunction)
			b.function(callee, "", "", constI32Code(0), opCall, 2, drop, drop, drop, drop, drop,
				opLocalGet, 0, opCall, 2, drop, drop, drop, drop, drop, opUnreachable)
			b.exported("run", "", i32, "", protect(try, 0, 7, 0))
			b.table(3)
		}},
		{"branch with a value to the function", 6, func(b *builder) {
			throw, try := b.throw(), b.try()
			b.stackPointer()
			b.function(i32, i32, "", opLocalGet, 0, opIf, blockEmpty, opCall, throw, opEnd,
				opBlock, blockEmpty, constI32Code(5), opBranch, 1, opEnd, constI32Code(3))
			b.function(callee, "", "", constI32Code(1), opCall, 2, drop, opUnreachable)
			b.exported("run", "", i32, "", constI32Code(0), opCall, 2, protect(try, 0, 0, 0), i32Add)
			b.table(3)
		}},
		{"values left on the operand stack", 1, func(b *builder) {
			throw, try := b.throw(), b.try()
			b.stackPointer()
			b.function("", i64, "", constI32Code(1), constI64Code(2), opCall, throw, opUnreachable)
			b.function(callee, "", "", constI32Code(1), constI64Code(2), opCall, 2, drop, drop, drop)
			b.exported("run", "", i32, "", protect(try, 0, 0, 0))
			b.table(3)
		}},
		{"dead code", 1, func(b *builder) {
			throw, try := b.throw(), b.try()
			b.stackPointer()
			b.function("", i32, "", opCall, throw, opCall, throw, i32Add, opLoop, blockEmpty, opCall, 2, drop, opBranch, 0, opEnd)
			b.function(callee, i64, "", opCall, 2, drop, opUnreachable, opCall, 2, opCall, throw, drop, opBranch, 0, opCall, 2, drop)
			b.function(callee, "", "", opLocalGet, 0, opLocalGet, 1, opCall, 3, drop, opReturn, opCall, 2, drop, opCall, throw)
			b.exported("run", "", i32, "", protect(try, 0, 0, 0))
			b.table(4)
		}},
		{"thrown out of a loop", 1, func(b *builder) {
			throw, try := b.throw(), b.try()
			b.stackPointer()
			loop := b.typeOf(i32, i32)
			b.function(i32, i32, "", opLocalGet, 0, constI32Code(5), i32LtS, opIf, blockEmpty, opElse, opCall, throw, opEnd, opLocalGet, 0)
			b.function(callee, "", "", constI32Code(0), opLoop, loop, opCall, 2, constI32Code(1), i32Add, opBranch, 0, opEnd, drop)
			b.exported("run", "", i32, "", protect(try, 0, 0, 0))
			b.table(3)
		}},
		{"try in a table", 1, func(b *builder) {
			throw, try := b.throw(), b.try()
			b.stackPointer()
			of := b.typeOf(i32+i32+i32, i32)
			b.function(callee, "", "", opCall, throw, opUnreachable)
			b.exported("run", "", i32, "", constI32Code(1), constI32Code(0), constI32Code(0), constI32Code(0), opCallIndirect, of, 0)
			b.table(try, 2)
		}},
		{"a reference to an exported function", 0, func(b *builder) {
			throw := b.throw()
			b.exported("thrower", "", "", "", opCall, throw)
			b.exported("run", "", i32, "", opRefFunc, 1, refIsNull)
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBuilder()
			test.build(b)
			onEngines(t, b.bytes(), func(t *testing.T, s *sandbox, instance api.Module) {
				for range 3 { // the state after a throw is that before it
					results, err := call(instance, "run")
					if err != nil {
						t.Fatal(err)
					}
					if results[0] != test.want {
						t.Fatalf("run() = %d, want %d", results[0], test.want)
					}
					if unwinding := instance.ExportedGlobal(GlobalUnwinding).Get(); unwinding != 0 {
						t.Fatalf("unwinding is %d after the call", unwinding)
					}
				}
			})
		})
	}
}

// TestUncaughtThrowTraps calls exports that a throw leaves.
func TestUncaughtThrowTraps(t *testing.T) {
	b := newBuilder()
	throw := b.throw()
	b.exported("throw_if", i32+i64, i64+i32, "", opLocalGet, 0, opIf, blockEmpty, opCall, throw, opUnreachable, opEnd,
		opLocalGet, 1, opLocalGet, 0)
	b.exported("_initialize", "", "", "", opCall, throw)
	b.export("again", externalFunction, 1)
	onEngines(t, b.bytes(), func(t *testing.T, s *sandbox, instance api.Module) {
		for _, name := range []string{"throw_if", "again"} {
			results, err := call(instance, name, 0, 9)
			if err != nil || results[0] != 9 || results[1] != 0 {
				t.Errorf("%s(0, 9) = %d, %v", name, results, err)
			}
			if _, err = call(instance, name, 1, 9); err == nil || !strings.Contains(err.Error(), "unreachable") {
				t.Errorf("%s(1, 9) ended with %v, want a trap", name, err)
			}
		}
		if _, err := call(instance, "_initialize"); err == nil || !strings.Contains(err.Error(), "unreachable") {
			t.Errorf("_initialize() ended with %v, want a trap", err)
		}
		if unwinding := instance.ExportedGlobal(GlobalUnwinding).Get(); unwinding != 0 {
			t.Errorf("unwinding is %d after the calls", unwinding)
		}
	})
}

// TestNoUnwindingWithoutImports checks that others do not pay for it.
func TestNoUnwindingWithoutImports(t *testing.T) {
	b := newBuilder()
	b.exported("run", "", "", "")
	onEngines(t, b.bytes(), func(t *testing.T, s *sandbox, instance api.Module) {
		if instance.ExportedGlobal(GlobalUnwinding) != nil {
			t.Errorf("%s is exported", GlobalUnwinding)
		}
	})
}
