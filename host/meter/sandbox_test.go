package meter

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

var testConfig = Config{ImportModule: "tidelock", Fuel: "fuel", Throw: "throw", Try: "try"}

// engines are wazero's two ways to run a module.
var engines = []struct {
	name   string
	config func() wazero.RuntimeConfig
}{
	{"compiler", wazero.NewRuntimeConfigCompiler},
	{"interpreter", wazero.NewRuntimeConfigInterpreter},
}

var errKilled = errors.New("killed")

// sandbox is a host with the fuel import.
type sandbox struct {
	runtime wazero.Runtime
	refuels int
	quantum int64 // what fuel returns
	budget  int   // refuels before it panics
}

func newSandbox(t testing.TB, config wazero.RuntimeConfig) *sandbox {
	t.Helper()
	ctx := context.Background()
	s := &sandbox{runtime: wazero.NewRuntimeWithConfig(ctx, config.WithMemoryLimitPages(64)), quantum: 100, budget: 10}
	t.Cleanup(func() { s.runtime.Close(ctx) })
	builder := s.runtime.NewHostModuleBuilder("tidelock")
	builder.NewFunctionBuilder().WithFunc(func() int64 {
		if s.refuels++; s.refuels > s.budget {
			panic(errKilled)
		}
		return s.quantum
	}).Export("fuel")
	// Reference behaviour for modules that are not rewritten and do not throw.
	builder.NewFunctionBuilder().WithFunc(func() { panic("throw") }).Export("throw")
	builder.NewFunctionBuilder().WithFunc(func(f, a, b uint32) uint32 { panic("try") }).Export("try")
	if _, err := builder.Instantiate(ctx); err != nil {
		t.Fatal(err)
	}
	return s
}

// start instantiates a module without running anything of it.
func (s *sandbox) start(t testing.TB, binary []byte) api.Module {
	t.Helper()
	config := wazero.NewModuleConfig().WithName("").WithStartFunctions()
	instance, err := s.runtime.InstantiateWithConfig(context.Background(), binary, config)
	if err != nil {
		t.Fatalf("instantiate: %v", err)
	}
	return instance
}

func call(instance api.Module, name string, arguments ...uint64) ([]uint64, error) {
	return instance.ExportedFunction(name).Call(context.Background(), arguments...)
}

func setGlobal(instance api.Module, name string, value uint64) {
	instance.ExportedGlobal(name).(api.MutableGlobal).Set(value)
}

// rewrite rewrites a module, and has wasm-validate check the result.
func rewrite(t testing.TB, binary []byte) *Result {
	t.Helper()
	result, err := Rewrite(binary, testConfig)
	if err != nil {
		t.Fatalf("Rewrite: %v", err)
	}
	validate(t, result.Module)
	return result
}

// validate asks wabt. Machines without it still run the rest of a test.
func validate(t testing.TB, binary []byte) {
	t.Helper()
	tool, err := exec.LookPath("wasm-validate")
	if err != nil {
		t.Log("wasm-validate (Debian package wabt) is not installed: the output is checked by wazero alone")
		return
	}
	path := filepath.Join(t.TempDir(), "module.wasm")
	if err := os.WriteFile(path, binary, 0o600); err != nil {
		t.Fatal(err)
	}
	if output, err := exec.Command(tool, path).CombinedOutput(); err != nil {
		t.Fatalf("wasm-validate: %v\n%s", err, output)
	}
}

// onEngines runs a test with a rewritten module on each engine.
func onEngines(t *testing.T, binary []byte, test func(t *testing.T, s *sandbox, instance api.Module)) {
	t.Helper()
	result := rewrite(t, binary)
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			s := newSandbox(t, engine.config())
			instance := s.start(t, result.Module)
			if _, err := call(instance, FunctionInitData); err != nil {
				t.Fatalf("%s: %v", FunctionInitData, err)
			}
			test(t, s, instance)
		})
	}
}
