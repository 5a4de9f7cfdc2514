package meter

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// everything returns a module that uses every feature which the pass handles.
func everything() []byte {
	b := newBuilder()
	host := b.importFunction("env", "host", i64, i64)
	throw, try := b.throw(), b.try()
	b.onePage()
	b.stackPointer()
	b.global(typeI64, 1, constI64Code(-5))
	b.global(typeF64, 0, code(opF64Const, make([]byte, 8)))
	b.global(typeFunction, 0, code(opRefFunc, 3))
	b.activeData(16, "active")
	b.passiveData("passive")
	pair := b.typeOf(i32, i32+i64)
	b.function(i32+i32, "", "", opLocalGet, 0, opIf, blockEmpty, opCall, throw, opUnreachable, opEnd)
	b.function(i32, i32+i64, i64, opLoop, blockEmpty, opLocalGet, 0, i32Decrement, opLocalTee, 0, opBranchIf, 0, opEnd,
		constI32Code(1), constI32Code(1), opCall, 3, opLocalGet, 0, constI64Code(7), opCall, host)
	b.exported("run", i32, i32, f32, protect(try, 0, 1, 0), opLocalGet, 0, opBlock, pair, constI32Code(1),
		opCallIndirect, pair, 0, opEnd, drop, i32Add)
	b.exported("bulk", "", "", "", constI32Code(0), constI32Code(0), constI32Code(3), opPrefixMisc, miscMemoryInit, 1, 0,
		constI32Code(100), constI32Code(0), constI32Code(3), opPrefixMisc, miscMemoryCopy, 0, 0, opPrefixMisc, miscDataDrop, 1)
	b.table(3, 4)
	b.export("table", externalTable, 0)
	b.export("memory", externalMemory, 0)
	return b.bytes()
}

var i32Decrement = code(constI32Code(1), i32Sub)

func TestRewriteIsDeterministic(t *testing.T) {
	binary := everything()
	before := slices.Clone(binary)
	first := rewrite(t, binary)
	for range 20 {
		if again := rewrite(t, binary); !bytes.Equal(first.Module, again.Module) {
			t.Fatal("two outputs for one input")
		}
	}
	if !bytes.Equal(binary, before) {
		t.Error("the input was changed")
	}
}

func TestRewriteStats(t *testing.T) {
	binary := everything()
	result := rewrite(t, binary)
	got := result.Stats
	got.Duration = 0
	want := Stats{Functions: 4, MayThrow: 3, LoopChecks: 1, SizeIn: len(binary), SizeOut: len(result.Module)}
	if got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestRewriteKeepsTablesInside(t *testing.T) {
	entry := code(5, "table", externalTable, 0)
	binary := everything()
	if !bytes.Contains(binary, entry) {
		t.Fatal("the input exports no table")
	}
	if bytes.Contains(rewrite(t, binary).Module, entry) {
		t.Error("the output exports a table")
	}
}

func TestRewriteGlobals(t *testing.T) {
	b := newBuilder()
	b.throw()
	b.global(typeI32, 1, constI32Code(7))
	b.export("name", externalGlobal, b.global(typeI64, 1, constI64Code(8)))
	b.global(typeI32, 0, constI32Code(9))
	b.global(typeF32, 1, code(opF32Const, 0, 0, 0, 0))
	binary := b.bytes()
	want := []string{"__tidelock_global_0", "name", "__tidelock_global_3", GlobalFuel, GlobalUnwinding}
	if got := rewrite(t, binary).Globals; !slices.Equal(got, want) {
		t.Fatalf("globals %q, want %q", got, want)
	}
	onEngines(t, binary, func(t *testing.T, s *sandbox, instance api.Module) {
		for i, value := range []uint64{7, 8, 0, initialFuel, 0} {
			global, ok := instance.ExportedGlobal(want[i]).(api.MutableGlobal)
			if !ok || global.Get() != value {
				t.Errorf("%s is %v, want the mutable %d", want[i], global, value)
			}
		}
	})
}

// TestRewriteImports checks names and order of what the output asks of a host.
func TestRewriteImports(t *testing.T) {
	tests := []struct {
		name    string
		imports []string // of module tidelock
		want    string
	}{
		{"none", nil, "fuel"},
		{"fuel added", []string{"call", "throw", "open", "try"}, "call open fuel"},
		{"fuel there", []string{"throw", "fuel", "call"}, "fuel call"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBuilder()
			b.stackPointer()
			for _, name := range test.imports {
				switch name {
				case "try":
					b.try()
				case "fuel":
					b.importFunction("tidelock", name, "", i64)
				default:
					b.importFunction("tidelock", name, "", "")
				}
			}
			b.table()
			s := newSandbox(t, wazero.NewRuntimeConfigInterpreter())
			compiled, err := s.runtime.CompileModule(t.Context(), rewrite(t, b.bytes()).Module)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range compiled.ImportedFunctions() {
				_, name, _ := f.Import()
				got = append(got, name)
			}
			if joined := strings.Join(got, " "); joined != test.want {
				t.Errorf("imports %q, want %q", joined, test.want)
			}
		})
	}
}

// TestRewriteData checks that instantiating writes no memory, that
// FunctionInitData does, and that active segments count as dropped.
func TestRewriteData(t *testing.T) {
	b := newBuilder()
	b.onePage()
	b.activeData(1000, "hello")
	b.passiveData("passive")
	b.activeData(1003, "p!")
	initialize := func(segment, length int32) []byte {
		return code(constI32Code(0), constI32Code(0), constI32Code(length), opPrefixMisc, miscMemoryInit, int(segment), 0)
	}
	b.exported("passive", "", "", "", initialize(1, 7))
	b.exported("nothing of an active", "", "", "", initialize(2, 0), opPrefixMisc, miscDataDrop, 2)
	b.exported("all of an active", "", "", "", initialize(2, 2))
	result := rewrite(t, b.bytes())
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			instance := newSandbox(t, engine.config()).start(t, result.Module)
			read := func(offset, length uint32) string {
				content, _ := instance.Memory().Read(offset, length)
				return string(content)
			}
			if got := read(0, 65536); strings.Trim(got, "\x00") != "" {
				t.Error("instantiating wrote to memory")
			}
			if _, err := call(instance, FunctionInitData); err != nil {
				t.Fatal(err)
			}
			if got := read(1000, 6); got != "help!\x00" {
				t.Errorf("memory holds %q, want %q", got, "help!\x00")
			}
			if _, err := call(instance, "passive"); err != nil || read(0, 7) != "passive" {
				t.Errorf("memory.init of a passive segment: %v", err)
			}
			if _, err := call(instance, "nothing of an active"); err != nil {
				t.Errorf("memory.init of no bytes: %v", err)
			}
			if _, err := call(instance, "all of an active"); err == nil {
				t.Error("memory.init of a dropped segment did not trap")
			}
		})
	}
}

func TestRewriteDataOutOfBoundsTraps(t *testing.T) {
	b := newBuilder()
	b.onePage()
	b.activeData(65530, "too long")
	result := rewrite(t, b.bytes())
	instance := newSandbox(t, wazero.NewRuntimeConfigInterpreter()).start(t, result.Module)
	if _, err := call(instance, FunctionInitData); err == nil {
		t.Error("no trap")
	}
}

// TestRewriteNames checks that stack traces name functions, and that nobody
// minds a malformed name section.
func TestRewriteNames(t *testing.T) {
	tests := []struct {
		name    string
		section []byte
		want    string
	}{
		{"named", code(4, "name", nameFunctions, 13, 2, 1, 4, "leaf", 2, 4, "root"), ".leaf()"},
		{"behind other subsections", code(4, "name", 0, 2, 1, "m", nameFunctions, 7, 1, 1, 4, "leaf"), ".leaf()"},
		{"names beyond the functions", code(4, "name", nameFunctions, 13, 2, 1, 4, "leaf", 99, 4, "root"), ".leaf()"},
		{"not UTF-8", code(4, "name", nameFunctions, 7, 1, 1, 4, "\xff\xff\xff\xff"), ".$"},
		{"too long", code(4, "name", nameFunctions, 200, 1, 1, 1, 4, "leaf"), ".$"},
		{"empty", code(4, "name"), ".$"},
		{"another section", code(4, "leaf", 1, 2, 3), ".$"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBuilder()
			throw := b.throw()
			b.function("", "", "", opUnreachable)
			b.exported("run", "", "", "", opCall, 1, opCall, throw)
			b.raw(sectionCustom, test.section)
			onEngines(t, b.bytes(), func(t *testing.T, s *sandbox, instance api.Module) {
				_, err := call(instance, "run")
				if err == nil || !strings.Contains(err.Error(), test.want) {
					t.Errorf("trace %v, want %q in it", err, test.want)
				}
			})
		})
	}
}

// BenchmarkRewrite rewrites a module of a Lua interpreter's size.
func BenchmarkRewrite(b *testing.B) {
	binary := realistic(400)
	b.SetBytes(int64(len(binary)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Rewrite(binary, testConfig); err != nil {
			b.Fatal(err)
		}
	}
}

// realistic returns a module of that many functions of a kilobyte, with loops,
// calls of each other, calls through a table, and throws.
func realistic(functions int) []byte {
	b := newBuilder()
	throw, try := b.throw(), b.try()
	b.onePage()
	b.stackPointer()
	callee := b.typeOf(i32+i32, "")
	first := b.next()
	var table []uint32
	for i := range functions {
		parameters, results := i32+i32, ""
		if i%2 == 1 {
			results = i32
		}
		var instructions []any
		for j := range 20 {
			instructions = append(instructions,
				opBlock, blockEmpty, opLocalGet, 0, opBranchIf, 0, opLoop, blockEmpty,
				opLocalGet, 1, constI32Code(int32(j)), i32Add, opLocalTee, 1, opBranchIf, 0, opEnd,
				opLocalGet, 0, opLocalGet, 1, opCall, first+uint32((i*7+j*13)%functions/2*2),
				opLocalGet, 0, opLocalGet, 1, constI32Code(int32(j)), opCallIndirect, callee, 0, opEnd)
		}
		if i%50 == 0 {
			instructions = append(instructions, protect(try, 0, 1, 2), drop, opCall, throw, opUnreachable)
		} else if i%2 == 1 {
			instructions = append(instructions, constI32Code(1))
		} else {
			table = append(table, b.next())
		}
		b.exported(strings.Repeat("f", 1+i), parameters, results, "", instructions...)
	}
	b.table(table...)
	return b.bytes()
}
