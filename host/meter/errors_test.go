package meter

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// TestRewrite_Errors feeds instructions and features that are refused. The error's
// offset is where the last occurrence of marker ends.
func TestRewrite_Errors(t *testing.T) {
	nops := []byte{0x01, 0x01, 0x01}
	body := func(instructions ...any) func(*builder) {
		return func(b *builder) {
			b.onePage()
			b.passiveData("content")
			b.function("", "", i32)
			b.function("", "", i32, append([]any{nops}, instructions...)...)
			b.table(0)
		}
	}
	tests := []struct {
		name        string
		build       func(b *builder)
		marker      []byte
		unsupported bool
		message     string
	}{
		{"exceptions: try", body(0x06, blockEmpty, opEnd), nops, true, "try is"},
		{"exceptions: throw", body(0x08, 0), nops, true, "throw is"},
		{"exceptions: throw_ref", body(0x0a), nops, true, "throw_ref is"},
		{"exceptions: try_table", body(0x1f, blockEmpty, 0, opEnd), nops, true, "try_table is"},
		{"tail call", body(0x12, 0), nops, true, "return_call is"},
		{"indirect tail call", body(0x13, 0, 0), nops, true, "return_call_indirect is"},
		{"typed call", body(0x14, 0), nops, true, "call_ref is"},
		{"typed tail call", body(0x15, 0), nops, true, "return_call_ref is"},
		{"table.set", body(0x26, 0), nops, true, "table.set is"},
		{"table.init", body(opPrefixMisc, 12, 0, 0), nops, true, "table.init is"},
		{"elem.drop", body(opPrefixMisc, 13, 0), nops, true, "elem.drop is"},
		{"table.copy", body(opPrefixMisc, 14, 0, 0), nops, true, "table.copy is"},
		{"table.grow", body(opPrefixMisc, 15, 0), nops, true, "table.grow is"},
		{"table.fill", body(opPrefixMisc, 17, 0), nops, true, "table.fill is"},
		{"unknown behind a prefix", body(opPrefixMisc, 18), nops, true, "unknown instruction 0xfc 18"},
		{"far behind a prefix", body(opPrefixMisc, 0xff, 0xff, 0xff, 0xff, 0x0f), nops, true, "unknown instruction 0xfc 4294967295"},
		{"unknown opcode", body(0xff), nops, true, "unknown instruction 0xff"},
		{"garbage collection", body(opPrefixGC, 0), nops, true, "garbage collection instruction 0xfb 0"},
		{"ref.eq", body(0xd3), nops, true, "ref.eq is"},
		{"SIMD", body(opPrefixSIMD, 12, make([]byte, 16)), nops, true, "SIMD instruction 0xfd 12"},
		{"atomics", body(opPrefixAtomic, 0x10, 2, 0), nops, true, "atomic instruction 0xfe 16"},
		{"SIMD block type", body(opBlock, typeV128, opEnd), code(nops, opBlock), true, "v128"},
		{"second memory: load", body(0x28, 0x42, 1, 0), code(nops, 0x28), true, "more than one memory"},
		{"second memory: size", body(0x3f, 1), code(nops, 0x3f), true, "more than one memory"},

		{"unknown function", body(opCall, 9), code(nops, opCall), false, "unknown function 9"},
		{"unknown referenced function", body(opRefFunc, 9), code(nops, opRefFunc), false, "unknown function 9"},
		{"unknown type", body(opCallIndirect, 9, 0), code(nops, opCallIndirect), false, "unknown type 9"},
		{"unknown table", body(opCallIndirect, 0, 9), code(nops, opCallIndirect, 0), false, "unknown table 9"},
		{"unknown block type", body(opBlock, 9, opEnd), code(nops, opBlock), false, "unknown type 9"},
		{"unknown label", body(opBranch, 1), code(nops, opBranch), false, "unknown label 1"},
		{"unknown label in a table", body(branchTable, 1, 0, 1), code(nops, branchTable, 1, 0), false, "unknown label 1"},
		{"unknown local", body(opLocalGet, 1), code(nops, opLocalGet), false, "unknown local 1"},
		{"unknown global, where fuel will be", body(opGlobalSet, 0), code(nops, opGlobalSet), false, "unknown global 0"},
		{"unknown data segment", body(opPrefixMisc, miscDataDrop, 1), code(nops, opPrefixMisc, miscDataDrop), false, "unknown data segment 1"},
		{"else without if", body(opBlock, blockEmpty, opElse, opEnd), code(nops, opBlock, blockEmpty), false, "else without if"},
		{"second else", body(opIf, blockEmpty, opElse, opElse, opEnd), code(nops, opIf, blockEmpty, opElse), false, "else without if"},
		{"instructions after the end", body(opEnd), code(nops, opEnd), false, "1 unexpected bytes"},
		{"missing end", body(opBlock, blockEmpty), code(nops, opBlock, blockEmpty, opEnd), false, "unexpected end"},
		{"huge branch table", body(branchTable, 0xff, 0xff, 0xff, 0xff, 0x0f), code(nops, branchTable), false, "count 4294967295"},
		{"overlong integer", body(opLocalGet, 0x80, 0x80, 0x80, 0x80, 0x10), code(nops, opLocalGet), false, "integer too large"},
		{"overlong constant", body(opI32Const, 0xff, 0xff, 0xff, 0xff, 0x4f, drop), code(nops, opI32Const), false, "integer too large"},
		{"too many locals", func(b *builder) {
			b.function("", "", "")
			b.codes[0] = code(1, 0xd1, 0x86, 0x03, typeI32, opEnd)
		}, code(6, 1), false, "more than 50000 locals"},
		{"blocks nested too deep", func(b *builder) {
			b.function("", "", "", bytes.Repeat([]byte{opBlock, blockEmpty}, maximumNesting+1))
		}, code(0, bytes.Repeat([]byte{opBlock, blockEmpty}, maximumNesting)), false, "nested deeper"},
		{"memory instruction without memory", func(b *builder) {
			b.function("", "", "", nops, 0x3f, 0)
		}, code(nops, 0x3f), false, "unknown memory 0"},
		{"data segment without data count", func(b *builder) {
			b.onePage()
			b.passiveData("x")
			b.noDataCount = true
			b.function("", "", "", nops, opPrefixMisc, miscDataDrop, 0)
		}, code(nops, opPrefixMisc, miscDataDrop), false, "without a data count"},

		{"start function", func(b *builder) {
			b.function("", "", "")
			b.raw(sectionStart, []byte{0})
		}, code(opEnd), true, "start function"},
		{"tag section", func(b *builder) { b.raw(sectionTag, []byte{0}) }, preamble, true, "exception tag"},
		{"unknown section", func(b *builder) { b.raw(14, nil) }, preamble, false, "section 14"},
		{"sections out of order", func(b *builder) {
			b.raw(sectionExport, []byte{0})
			b.raw(sectionGlobal, []byte{0})
		}, code(sectionExport, 1, 0), false, "out of order"},
		{"section beyond the end", func(b *builder) { b.extra.byte(sectionType, 5, 0) }, code(preamble, sectionType, 5), false, "unexpected end"},
		{"bytes behind a section", func(b *builder) { b.raw(sectionType, []byte{0, 7}) }, code(sectionType, 2, 0), false, "1 unexpected bytes"},
		{"recursive types", func(b *builder) { b.raw(sectionType, []byte{1, 0x4e, 0, 0}) }, code(sectionType, 4, 1), true, "type form 0x4e"},
		{"hostile count", func(b *builder) { b.raw(sectionType, []byte{0xff, 0xff, 0xff, 0xff, 0x0f}) }, code(sectionType, 5), false, "count"},
		{"wide function type", func(b *builder) {
			b.typeOf(strings.Repeat(i32, 129), "")
		}, code(typeSignature), false, "more than 128"},
		{"imported memory", func(b *builder) { b.raw(sectionImport, []byte{1, 0, 0, 2, 0, 1}) }, code(sectionImport, 6, 1), true, "imported memory"},
		{"imported table", func(b *builder) { b.raw(sectionImport, []byte{1, 0, 0, 1, typeFunction, 0, 1}) }, code(sectionImport, 7, 1), true, "imported table"},
		{"imported global", func(b *builder) { b.raw(sectionImport, []byte{1, 0, 0, 3, typeI32, 0}) }, code(sectionImport, 6, 1), true, "imported global"},
		{"imported tag", func(b *builder) { b.raw(sectionImport, []byte{1, 0, 0, 4, 0, 0}) }, code(sectionImport, 6, 1), true, "import of kind 4"},
		{"shared memory", func(b *builder) { b.memory = []byte{1, 3, 1, 1} }, code(sectionMemory, 4, 1), true, "shared memory"},
		{"64-bit memory", func(b *builder) { b.memory = []byte{1, 4, 1} }, code(sectionMemory, 3, 1), true, "64-bit memory"},
		{"two memories", func(b *builder) { b.memory = []byte{2, 0, 1, 0, 1} }, code(sectionMemory, 5), true, "more than one memory"},
		{"huge table", func(b *builder) { b.raw(sectionTable, []byte{1, typeFunction, 0, 0xff, 0xff, 0x7f}) }, code(sectionTable, 6, 1), false, "more than 1048576 entries"},
		{"table with an initial value", func(b *builder) { b.raw(sectionTable, []byte{1, 0x40, 0, 0x70}) }, code(sectionTable, 4, 1), true, "initial value"},
		{"v128 global", func(b *builder) { b.raw(sectionGlobal, []byte{1, typeV128, 0, 0, 0}) }, code(sectionGlobal, 5, 1), true, "v128"},
		{"mutable reference", func(b *builder) { b.global(typeFunction, 1, code(opRefNull, typeFunction)) }, code(sectionGlobal, 6, 1), true, "mutable global of reference type"},
		{"extended constant", func(b *builder) { b.global(typeI32, 0, code(opI32Const, 1, opI32Const, 1, i32Add)) }, code(sectionGlobal, 9, 1, typeI32, 0, opI32Const, 1), true, "several instructions"},
		{"constant of a global", func(b *builder) { b.global(typeI32, 0, code(opGlobalGet, 0)) }, code(sectionGlobal, 6, 1, typeI32, 0), true, "instruction 0x23 in a constant"},
		{"reserved export", func(b *builder) {
			b.function("", "", "")
			b.export("__tidelock_x", externalFunction, 0)
		}, code(sectionExport, 16, 1), true, "reserved name"},
		{"export twice", func(b *builder) {
			b.exported("f", "", "", "")
			b.export("f", externalFunction, 0)
		}, code(2, 1, "f", 0, 0), false, `export "f" twice`},
		{"active data without memory", func(b *builder) { b.activeData(0, "x") }, code(sectionData, 7, 1), false, "without a memory"},
		{"code missing", func(b *builder) {
			b.typeOf("", "")
			b.raw(sectionFunction, []byte{1, 0})
		}, code(sectionFunction, 2, 1, 0), false, "no code"},

		{"throw of another type", func(b *builder) { b.importFunction("tidelock", "throw", i32, "") }, code(sectionImport, 18, 1), false, "throw has the wrong type"},
		{"fuel of another type", func(b *builder) { b.importFunction("tidelock", "fuel", "", "") }, code(sectionImport, 17, 1), false, "fuel has the wrong type"},
		{"throw twice", func(b *builder) {
			b.throw()
			b.throw()
		}, code(2, 8, "tidelock", 5, "throw", 0, 0), false, "throw twice"},
		{"throw in a table", func(b *builder) { b.table(b.throw()) }, code(sectionImport, 18, 1), true, "other than a direct call"},
		{"throw exported", func(b *builder) { b.export("f", externalFunction, b.throw()) }, code(sectionImport, 18, 1), true, "other than a direct call"},
		{"throw referenced", func(b *builder) {
			b.function("", "", "", opRefFunc, b.throw(), drop)
		}, code(sectionImport, 18, 1), true, "other than a direct call"},
		{"try without a stack pointer", func(b *builder) { b.table(b.try()) }, code(sectionImport, 16, 1), true, "__stack_pointer"},
		{"try with a constant stack pointer", func(b *builder) {
			b.table(b.try())
			b.export(stackPointerName, externalGlobal, b.global(typeI32, 0, constI32Code(1)))
		}, code(sectionImport, 16, 1), true, "__stack_pointer"},
		{"try without a table", func(b *builder) {
			b.try()
			b.stackPointer()
		}, code(sectionImport, 16, 1), true, "without a table"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBuilder()
			test.build(b)
			binary := b.bytes()
			at := bytes.LastIndex(binary, test.marker)
			if at < 0 {
				t.Fatalf("no marker in % x", binary)
			}
			offset := at + len(test.marker)
			result, err := Rewrite(binary, testConfig)
			if err == nil {
				t.Fatalf("accepted: %+v", result.Stats)
			}
			var unsupported *UnsupportedError
			var format *FormatError
			switch {
			case errors.As(err, &unsupported):
				if !test.unsupported || unsupported.Offset != offset {
					t.Errorf("%v, want unsupported %t at %#x", err, test.unsupported, offset)
				}
			case errors.As(err, &format):
				if test.unsupported || format.Offset != offset {
					t.Errorf("%v, want unsupported %t at %#x", err, test.unsupported, offset)
				}
			default:
				t.Errorf("error of type %T", err)
			}
			if !strings.Contains(err.Error(), test.message) {
				t.Errorf("%v, want %q in it", err, test.message)
			}
		})
	}
}

// TestRewrite_ErrorsOnTruncation cuts a module at every byte. What is left may be a
// module, when the cut falls between sections that need each other in no way.
func TestRewrite_ErrorsOnTruncation(t *testing.T) {
	binary := everything()
	for n := range binary {
		result, err := Rewrite(binary[:n:n], testConfig)
		if (err == nil) == (result == nil) {
			t.Fatalf("%d bytes: result %v, error %v", n, result, err)
		}
	}
}
