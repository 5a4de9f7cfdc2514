package host

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"tidelock/abi"
	"tidelock/host/meter"
)

// EngineConfig configures an Engine. The zero value works.
type EngineConfig struct {
	// CacheDir keeps compiled modules from one start to the next. Empty: they are compiled anew.
	CacheDir string
	// Memory bounds, in bytes, what all instances may use together beyond their images. 0: no bound.
	Memory int64
	// InstanceMemory bounds one instance, its image included, in bytes. 0: DefaultInstanceMemory.
	InstanceMemory int64
	// Interpreter runs modules by wazero's interpreter instead of its compiler: slow, for processors without a compiler
	// and for tests.
	Interpreter bool
}

// maxInstanceMemory is what 32 bits address.
const maxInstanceMemory = 1 << 32

// Engine compiles guest modules and owns what their instances share: compiled code and the memory budget. It is safe
// for concurrent use.
type Engine struct {
	runtime        wazero.Runtime
	cache          wazero.CompilationCache // nil: none
	budget         budget
	work           work
	instanceMemory uint64

	mu      sync.Mutex
	modules map[moduleKey]*module // guarded by mu
}

// moduleKey is a binary in one of its roles: what a guest must export is not what a native module must.
type moduleKey struct {
	hash [sha256.Size]byte
	role *role
}

// role is what a module is to the sandbox, and so what it has to look like.
type role struct {
	name    string // in messages
	exports func(compiled wazero.CompiledModule) []guestExport
	imports []string // of the sandbox's own
}

var guestRole = &role{"guest module", wantedOfGuest, []string{abi.ImportCall, abi.ImportFuel}}

// module is a guest's compiled code, or a native module's.
type module struct {
	role     *role
	compiled wazero.CompiledModule
	memory   uint64   // bytes that an instance starts with
	globals  []string // mutable ones, by export name
	word     bool     // it is interrupted by abi.ExportInterruptWord
	stats    meter.Stats
}

// NewEngine makes an engine.
func NewEngine(ctx context.Context, config EngineConfig) (*Engine, error) {
	if config.InstanceMemory == 0 {
		config.InstanceMemory = DefaultInstanceMemory
	}
	if config.Memory > 0 {
		config.InstanceMemory = min(config.InstanceMemory, config.Memory)
	}
	e := &Engine{modules: make(map[moduleKey]*module)}
	e.budget.limit = config.Memory
	if config.InstanceMemory < 0 || config.InstanceMemory > maxInstanceMemory {
		return nil, fmt.Errorf("the memory of an instance has to be from 1 to %d bytes, not %d", int64(maxInstanceMemory), config.InstanceMemory)
	}
	e.instanceMemory = uint64(config.InstanceMemory+wasmPage-1) / wasmPage * wasmPage

	settings := wazero.NewRuntimeConfigCompiler()
	if config.Interpreter {
		settings = wazero.NewRuntimeConfigInterpreter()
	}
	settings = settings.WithMemoryLimitPages(uint32(e.instanceMemory / wasmPage)).WithDebugInfoEnabled(false)
	if config.CacheDir != "" {
		cache, err := wazero.NewCompilationCacheWithDir(config.CacheDir)
		if err != nil {
			return nil, fmt.Errorf("compilation cache: %w", err)
		}
		e.cache = cache
		settings = settings.WithCompilationCache(cache)
	}
	e.runtime = wazero.NewRuntimeWithConfig(ctx, settings)

	i32, i64 := api.ValueTypeI32, api.ValueTypeI64
	_, err := e.runtime.NewHostModuleBuilder(abi.ImportModule).
		NewFunctionBuilder().WithGoFunction(api.GoFunc(hostCall), []api.ValueType{i32, i32, i32}, []api.ValueType{i64}).Export(abi.ImportCall).
		NewFunctionBuilder().WithGoFunction(api.GoFunc(hostFuel), nil, []api.ValueType{i64}).Export(abi.ImportFuel).
		Instantiate(ctx)
	if err == nil {
		err = giveWASI(ctx, e.runtime)
	}
	if err != nil {
		return nil, errors.Join(err, e.Close(ctx))
	}
	return e, nil
}

// Close frees the compiled code. Images must be closed before.
func (e *Engine) Close(ctx context.Context) error {
	err := e.runtime.Close(ctx)
	if e.cache != nil {
		err = errors.Join(err, e.cache.Close(ctx))
	}
	return err
}

// MemoryInUse is what instances have taken of EngineConfig.Memory, in bytes.
func (e *Engine) MemoryInUse() int64 { return e.budget.used.Load() }

// compile meters and compiles a module, once for each distinct binary.
func (e *Engine) compile(ctx context.Context, binary []byte, as *role) (*module, error) {
	key := moduleKey{sha256.Sum256(binary), as}
	e.mu.Lock()
	defer e.mu.Unlock()
	if m, ok := e.modules[key]; ok {
		return m, nil
	}
	rewritten, err := meter.Rewrite(binary, meter.Config{
		ImportModule: abi.ImportModule, Fuel: abi.ImportFuel, Throw: abi.ImportThrow, Try: abi.ImportTry,
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", as.name, err)
	}
	compiled, err := e.runtime.CompileModule(ctx, rewritten.Module)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", as.name, err)
	}
	if err := errors.Join(as.checkImports(compiled), as.checkExports(compiled)); err != nil {
		return nil, errors.Join(err, compiled.Close(ctx))
	}
	_, word := compiled.ExportedFunctions()[abi.ExportInterruptWord]
	m := &module{role: as, compiled: compiled, memory: memorySize(compiled), globals: rewritten.Globals, word: word, stats: rewritten.Stats}
	e.modules[key] = m
	return m, nil
}

// memorySize is the size that a guest declares for its memory, of which it exports one.
func memorySize(compiled wazero.CompiledModule) (bytes uint64) {
	for _, memory := range compiled.ExportedMemories() {
		bytes = uint64(memory.Min()) * wasmPage
	}
	return bytes
}

// checkImports refuses a module that wants more than the ABI gives, with a clearer error than instantiation would.
func (r *role) checkImports(compiled wazero.CompiledModule) error {
	for _, f := range compiled.ImportedFunctions() {
		from, name, _ := f.Import()
		if from == wasiModule && isWASIFunction(name) || from == abi.ImportModule && slices.Contains(r.imports, name) {
			continue
		}
		return fmt.Errorf("%s: imports %s.%s, which the sandbox does not give; it gives %s.%s",
			r.name, from, name, abi.ImportModule, r.imports[0])
	}
	return nil
}

// guestExport is a function that a guest exports, with the number of its i32 parameters and its result.
type guestExport struct {
	name       string
	parameters int
	results    []api.ValueType
}

// guestExports are those that every guest must have.
var guestExports = []guestExport{
	{abi.ExportVersion, 0, []api.ValueType{api.ValueTypeI32}},
	{abi.ExportInitialise, 0, nil},
	{abi.ExportAllocate, 1, []api.ValueType{api.ValueTypeI32}},
	{abi.ExportLoad, 1, []api.ValueType{api.ValueTypeI64}},
	{abi.ExportStart, 3, []api.ValueType{api.ValueTypeI64}},
	{abi.ExportResume, 3, []api.ValueType{api.ValueTypeI64}},
	{abi.ExportCancel, 1, []api.ValueType{api.ValueTypeI64}},
	{abi.ExportCollect, 0, []api.ValueType{api.ValueTypeI32}},
}

// interruptExports are the two ways in which a guest can be interrupted, of which it has to have one.
var interruptExports = [2][]guestExport{
	{{abi.ExportInterrupt, 1, nil}, {abi.ExportLocate, 0, []api.ValueType{api.ValueTypeI64}}},
	{{abi.ExportInterruptWord, 0, []api.ValueType{api.ValueTypeI32}}},
}

func wantedOfGuest(compiled wazero.CompiledModule) []guestExport {
	interrupt := interruptExports[0]
	if _, ok := compiled.ExportedFunctions()[abi.ExportInterruptWord]; ok {
		interrupt = interruptExports[1]
	}
	return slices.Concat(guestExports, interrupt)
}

func (r *role) checkExports(compiled wazero.CompiledModule) error {
	functions := compiled.ExportedFunctions()
	for _, want := range r.exports(compiled) {
		f, ok := functions[want.name]
		if !ok {
			return fmt.Errorf("%s: exports no function %q", r.name, want.name)
		}
		parameters := slices.Repeat([]api.ValueType{api.ValueTypeI32}, want.parameters)
		if !slices.Equal(f.ParamTypes(), parameters) || !slices.Equal(f.ResultTypes(), want.results) {
			return fmt.Errorf("%s: export %q has another type than the ABI's", r.name, want.name)
		}
	}
	if len(compiled.ExportedMemories()) == 0 {
		return fmt.Errorf("%s: exports no memory", r.name)
	}
	return nil
}
