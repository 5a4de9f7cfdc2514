package meter

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// TestRandomModules has binaryen make modules of random bytes, and compares what
// their exports do before and after rewriting.
func TestRandomModules(t *testing.T) {
	tool, err := exec.LookPath("wasm-opt")
	if err != nil {
		t.Skip("wasm-opt (Debian package binaryen) is not installed")
	}
	modules := 130
	if testing.Short() {
		modules = 20
	}
	compared, returned := 0, 0
	for seed := range modules {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			binary := randomModule(t, tool, uint64(seed))
			if readsActiveData(t, binary) {
				t.Skip("wazero lets memory.init read active segments, which are dropped by then")
			}
			returned += compare(t, engines[seed%2].config, binary).returned
			compared++
		})
	}
	t.Logf("%d modules, in which %d calls returned", compared, returned)
	if compared < modules*3/4 || returned < modules {
		t.Error("the modules do not test much")
	}
}

// readsActiveData reports whether a module names an active segment in its code.
func readsActiveData(t *testing.T, binary []byte) bool {
	t.Helper()
	m, err := parse(binary)
	if err != nil {
		t.Fatal(err)
	}
	return slices.ContainsFunc(m.sites, func(s site) bool {
		return s.kind == siteMemoryInit && m.data[s.index].active
	})
}

// compare runs a module before and after rewriting.
func compare(t *testing.T, engine func() wazero.RuntimeConfig, binary []byte) *observation {
	t.Helper()
	before := observe(t, engine(), binary, false)
	after := observe(t, engine(), rewrite(t, binary).Module, true)
	if !slices.Equal(before.events, after.events) {
		t.Errorf("behaviour differs:\n%s", difference(before.events, after.events))
	}
	return before
}

// randomModule returns a module that depends on the seed alone.
func randomModule(t *testing.T, tool string, seed uint64) []byte {
	t.Helper()
	generator := rand.New(rand.NewPCG(seed, 1))
	noise := make([]byte, 500+generator.IntN(6000))
	for i := range noise {
		noise[i] = byte(generator.Uint32())
	}
	folder := t.TempDir()
	input, output := filepath.Join(folder, "noise"), filepath.Join(folder, "module.wasm")
	if err := os.WriteFile(input, noise, 0o600); err != nil {
		t.Fatal(err)
	}
	arguments := []string{input, "--translate-to-fuzz", "-o", output, "--quiet", "--denan", "--mvp-features",
		"--enable-mutable-globals", "--enable-sign-ext", "--enable-nontrapping-float-to-int",
		"--enable-bulk-memory", "--enable-multivalue"}
	if message, err := exec.Command(tool, arguments...).CombinedOutput(); err != nil {
		t.Fatalf("wasm-opt: %v\n%s", err, message)
	}
	binary, err := os.ReadFile(output)
	if err != nil {
		t.Fatal(err)
	}
	return binary
}

// dispatch is an export by which the reference implementation of try gets at the
// table.
const dispatch = "dispatch"

// observation is what a host sees of a module.
type observation struct {
	events   []string
	returned int // calls of exports
	caught   int // throws
}

var errThrown = errors.New("thrown")

// observe calls every export twice, with two sets of arguments. A module that is
// not rewritten gets throw and try from the host, by panics and nested calls.
func observe(t *testing.T, config wazero.RuntimeConfig, binary []byte, rewritten bool) *observation {
	t.Helper()
	ctx := t.Context()
	o := new(observation)
	runtime := wazero.NewRuntimeWithConfig(ctx, config.WithMemoryLimitPages(64))
	defer runtime.Close(ctx)
	o.addHost(t, ctx, runtime, rewritten)
	compiled, err := runtime.CompileModule(ctx, binary)
	if err != nil {
		t.Fatalf("compile: %v", err)
	}
	names := make([]string, 0, 16)
	for name := range compiled.ExportedFunctions() {
		if !strings.HasPrefix(name, reservedPrefix) && name != hangLimit && name != dispatch {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	instance, err := runtime.InstantiateModule(ctx, compiled, wazero.NewModuleConfig().WithName("").WithStartFunctions())
	if err != nil {
		t.Fatalf("instantiate: %v", err)
	}
	if rewritten {
		if _, err := call(instance, FunctionInitData); err != nil {
			t.Fatal(err)
		}
	}
	for _, seed := range []uint64{0, 12345} {
		for _, name := range names {
			if f := instance.ExportedFunction(hangLimit); f != nil {
				if _, err := f.Call(ctx); err != nil {
					t.Fatal(err)
				}
			}
			o.call(instance, name, seed)
			if unwinding := instance.ExportedGlobal(GlobalUnwinding); unwinding != nil && unwinding.Get() != 0 {
				t.Errorf("unwinding is set after %s", name)
			}
		}
	}
	return o
}

// hangLimit is binaryen's export that refills its own fuel.
const hangLimit = "hangLimitInitializer"

func (o *observation) addHost(t *testing.T, ctx context.Context, runtime wazero.Runtime, rewritten bool) {
	t.Helper()
	log := runtime.NewHostModuleBuilder("fuzzing-support")
	logger := func(name string, parameters ...api.ValueType) {
		log.NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(func(_ context.Context, _ api.Module, stack []uint64) {
			o.add("%s %s", name, values(parameters, stack))
		}), parameters, nil).Export(name)
	}
	logger("log-i32", api.ValueTypeI32)
	logger("log-i64", api.ValueTypeI64)
	logger("log-f32", api.ValueTypeF32)
	logger("log-f64", api.ValueTypeF64)
	if _, err := log.Instantiate(ctx); err != nil {
		t.Fatal(err)
	}
	host := runtime.NewHostModuleBuilder("tidelock")
	host.NewFunctionBuilder().WithFunc(func() int64 { return 1000 }).Export("fuel")
	if !rewritten {
		host.NewFunctionBuilder().WithFunc(func() { panic(errThrown) }).Export("throw")
		host.NewFunctionBuilder().WithFunc(o.try).Export("try")
	}
	if _, err := host.Instantiate(ctx); err != nil {
		t.Fatal(err)
	}
}

// try is the reference implementation.
func (o *observation) try(ctx context.Context, instance api.Module, f, a, b uint32) uint32 {
	pointer := instance.ExportedGlobal(stackPointerName).(api.MutableGlobal)
	saved := pointer.Get()
	_, err := instance.ExportedFunction(dispatch).Call(ctx, uint64(f), uint64(a), uint64(b))
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errThrown):
		o.caught++
		pointer.Set(saved)
		return 1
	default:
		panic(err) // a trap
	}
}

func (o *observation) add(format string, arguments ...any) {
	o.events = append(o.events, fmt.Sprintf(format, arguments...))
}

// call notes the results of a call and what it leaves in memory and globals.
func (o *observation) call(instance api.Module, name string, seed uint64) {
	f := instance.ExportedFunction(name)
	definition := f.Definition()
	arguments := make([]uint64, len(definition.ParamTypes()))
	for i, t := range definition.ParamTypes() {
		arguments[i] = seed * uint64(i+1)
		switch t {
		case api.ValueTypeF32:
			arguments[i] = api.EncodeF32(float32(arguments[i]))
		case api.ValueTypeF64:
			arguments[i] = api.EncodeF64(float64(arguments[i]))
		}
	}
	results, err := f.Call(context.Background(), arguments...)
	if err != nil { // a trap, or a throw that nothing caught
		o.add("%s traps", name)
	} else {
		o.returned++
		o.add("%s returns %s", name, values(definition.ResultTypes(), results))
	}
	if pointer := instance.ExportedGlobal(stackPointerName); pointer != nil {
		o.add("stack pointer %d", pointer.Get())
	}
	if memory := instance.Memory(); memory != nil {
		content, _ := memory.Read(0, memory.Size())
		o.add("memory %x", crc32.ChecksumIEEE(content))
	}
}

// values formats values so that all NaNs look the same: wasm leaves their bits open.
func values(types []api.ValueType, stack []uint64) string {
	var s strings.Builder
	for i, t := range types {
		switch {
		case t == api.ValueTypeF32 && math.IsNaN(float64(api.DecodeF32(stack[i]))),
			t == api.ValueTypeF64 && math.IsNaN(api.DecodeF64(stack[i])):
			s.WriteString(" NaN")
		case t == api.ValueTypeI32, t == api.ValueTypeF32: // the upper half is not defined
			fmt.Fprintf(&s, " %#x", uint32(stack[i]))
		default:
			fmt.Fprintf(&s, " %#x", stack[i])
		}
	}
	return s.String()
}

// difference shows where two lists part.
func difference(a, b []string) string {
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			return fmt.Sprintf("event %d\nbefore %q\nafter  %q", i, a[i:min(i+3, len(a))], b[min(i, len(b)):min(i+3, len(b))])
		}
	}
	return fmt.Sprintf("after has %q more", b[len(a):])
}
