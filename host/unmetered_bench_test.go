package host

import (
	"context"
	"encoding/binary"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental/table"

	"tidelock/abi"
	"tidelock/guest/lua54"
)

// unmetered is the guest as its build left it, with throw and try as host functions: what metering is compared with.
type unmetered struct {
	module api.Module
	memory api.Memory
	start  api.Function
}

type thrown struct{}

func (thrown) Error() string { return "thrown" }

func newUnmetered(tb testing.TB) *unmetered {
	tb.Helper()
	ctx := context.Background()
	runtime := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler())
	tb.Cleanup(func() { runtime.Close(ctx) })
	i32, i64 := api.ValueTypeI32, api.ValueTypeI64
	_, err := runtime.NewHostModuleBuilder(abi.ImportModule).
		NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(answerNothing), []api.ValueType{i32, i32, i32}, []api.ValueType{i64}).Export(abi.ImportCall).
		NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(throw), nil, nil).Export(abi.ImportThrow).
		NewFunctionBuilder().WithGoModuleFunction(api.GoModuleFunc(try), []api.ValueType{i32, i32, i32}, []api.ValueType{i32}).Export(abi.ImportTry).
		Instantiate(ctx)
	if err != nil {
		tb.Fatal(err)
	}
	module, err := runtime.InstantiateWithConfig(ctx, lua54.Module, wazero.NewModuleConfig().WithStartFunctions(abi.ExportInitialise))
	if err != nil {
		tb.Fatal(err)
	}
	return &unmetered{module: module, memory: module.Memory(), start: module.ExportedFunction(abi.ExportStart)}
}

// answerNothing is a host without functions: the benchmark scripts call none.
func answerNothing(_ context.Context, _ api.Module, stack []uint64) {
	stack[0] = abi.Pack(uint8(abi.StatusError), 0)
}

func throw(context.Context, api.Module, []uint64) { panic(thrown{}) }

func try(ctx context.Context, module api.Module, stack []uint64) {
	i32 := api.ValueTypeI32
	sp := module.ExportedGlobal("__stack_pointer").(api.MutableGlobal)
	saved := sp.Get()
	f := table.LookupFunction(module, 0, uint32(stack[0]), []api.ValueType{i32, i32}, nil)
	_, err := f.Call(ctx, stack[1], stack[2])
	stack[0] = 0
	if err != nil {
		sp.Set(saved)
		stack[0] = 1
	}
}

// load compiles a benchmark script and returns what runs its function.
func (u *unmetered) load(tb testing.TB, source string) func(testing.TB) {
	tb.Helper()
	var w abi.Writer
	w.String("=benchmark")
	w.String("local f = (function() " + source + " end)() return f()")
	w.Bool(false)
	descriptor := uint32(u.call(tb, abi.ExportAllocate, uint64(max(w.Len(), abi.InboxSize))))
	inbox, _ := u.memory.ReadUint32Le(descriptor)
	if !u.memory.Write(inbox, w.Bytes()) {
		tb.Fatal("inbox outside memory")
	}
	outcome, length := abi.Unpack(u.call(tb, abi.ExportLoad, uint64(w.Len())))
	header, _ := u.memory.Read(descriptor, abi.DescriptorSize)
	out, _ := u.memory.Read(binary.LittleEndian.Uint32(header[8:]), uint32(length))
	values := abi.NewReader(out)
	if abi.Outcome(outcome) != abi.Done {
		tb.Fatalf("load: outcome %d, %s", outcome, values.Next().Bytes)
	}
	number := uint64(values.Next().Int)
	return func(tb testing.TB) {
		results, err := u.start.Call(context.Background(), 0, number, 0)
		if err != nil {
			tb.Fatal(err)
		}
		if outcome, _ := abi.Unpack(results[0]); abi.Outcome(outcome) != abi.Done {
			tb.Fatalf("start: outcome %d", outcome)
		}
	}
}

func (u *unmetered) call(tb testing.TB, export string, parameters ...uint64) uint64 {
	results, err := u.module.ExportedFunction(export).Call(context.Background(), parameters...)
	if err != nil {
		tb.Fatal(err)
	}
	return results[0]
}
