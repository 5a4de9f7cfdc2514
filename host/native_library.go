package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"

	"tidelock/abi"
)

// nativeModules are those that the scripts of an image have required. It is the library that their functions are bound
// from, as "native.MODULE.FUNCTION" by numbers.
type nativeModules struct {
	mu      sync.Mutex
	modules []*nativeModule // guarded by mu
}

// Resolve implements Library.
func (n *nativeModules) Resolve(name string) Function {
	var module, function int
	if _, err := fmt.Sscanf(name, "native.%d.%d", &module, &function); err != nil {
		return nil
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if module < 0 || module >= len(n.modules) || function < 0 || function >= len(n.modules[module].functions) {
		return nil
	}
	m := n.modules[module]
	return func(c *Call) error { return m.call(c, function) }
}

// find returns the module that was loaded from a file.
func (n *nativeModules) find(file string) *nativeModule {
	n.mu.Lock()
	defer n.mu.Unlock()
	i := slices.IndexFunc(n.modules, func(m *nativeModule) bool { return m.file == file })
	if i < 0 {
		return nil
	}
	return n.modules[i]
}

// takeSnapshots makes what the modules have in memory now what their instances start with.
func (n *nativeModules) takeSnapshots() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, m := range n.modules {
		if m.image.golden.instances[0].spoiled {
			continue // every call says so
		}
		if err := m.image.takeSnapshot(); err != nil {
			return fmt.Errorf("%s: %w", m.file, err)
		}
	}
	return nil
}

func (n *nativeModules) close() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, m := range n.modules {
		if m.image.snapshot != nil {
			m.image.snapshot.close()
		}
	}
}

var errNativeAtRunTime = errors.New("native modules are loaded while scripts are: require it outside of functions")

// loadNative starts a module for an image whose scripts are being loaded.
func (image *Image) loadNative(ctx context.Context, file string, binary []byte) (*nativeModule, error) {
	if image.snapshot != nil {
		return nil, errNativeAtRunTime
	}
	if !strings.HasPrefix(string(binary), "\x00asm") {
		return nil, errors.New("it is not a WebAssembly module: compile it for wasm32, see docs/native-modules.md")
	}
	compiled, err := image.engine.compile(ctx, binary, nativeRole)
	if err != nil {
		return nil, err
	}
	code := &Image{engine: image.engine, config: image.config, module: compiled, quantum: image.quantum, life: image.life}
	in, err := newInstance(ctx, code, 0)
	if err != nil {
		return nil, err
	}
	m := &nativeModule{file: file, image: code}
	if err = in.boot(); err == nil {
		m.functions, err = in.nativeFunctions()
	}
	if err == nil {
		err = image.addNative(m, in)
	}
	if err != nil {
		in.close()
		return nil, err
	}
	return m, nil
}

// addNative gives a module its number, and its first instance to the one that scripts are loaded into.
func (image *Image) addNative(m *nativeModule, in *instance) error {
	n := &image.natives
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.modules) == maxNativeModules {
		return fmt.Errorf("more than %d native modules", maxNativeModules)
	}
	m.number = len(n.modules)
	m.image.golden = &group{image: m.image, instances: []*instance{in}}
	n.modules = append(n.modules, m)
	beside := &image.golden.instances[0].natives
	for len(*beside) <= m.number {
		*beside = append(*beside, nil)
	}
	(*beside)[m.number] = in
	return nil
}

// nativeFunctions asks a module for its functions' names.
func (in *instance) nativeFunctions() ([]string, error) {
	packed, err := in.callAside(asideFuel, abi.ExportFunctions)
	if err != nil {
		return nil, fmt.Errorf("native module: %s: %w", abi.ExportFunctions, err)
	}
	outcome, length := abi.Unpack(packed)
	if abi.Outcome(outcome) != abi.Done {
		return nil, fmt.Errorf("native module: %s failed", abi.ExportFunctions)
	}
	var names []string
	for values := abi.NewReader(in.left(length)); values.More(); {
		name := values.Next()
		if name.Type != abi.String || len(names) == maxNativeFunctions {
			return nil, fmt.Errorf("native module: %s returned something else than at most %d names", abi.ExportFunctions, maxNativeFunctions)
		}
		names = append(names, string(name.Bytes))
	}
	return names, nil
}

// openNative loads a native module, once for each file.
func (f *fileFunctions) openNative(c *Call) error { return OpenNative(c, f.readNative) }

func (f *fileFunctions) readNative(name string) ([]byte, error) {
	opened, err := f.access.open(name, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	return readAll(opened, f.maxRead)
}

// OpenNative is native.open for modules that read finds, which may wait.
func OpenNative(c *Call, read func(name string) ([]byte, error)) error {
	name, err := c.name()
	if err != nil {
		return err
	}
	image := c.Execution.instance.image
	return c.Park(func(ctx context.Context, results *abi.Writer) error {
		m := image.natives.find(name)
		if m == nil {
			binary, err := read(name)
			if err == nil {
				m, err = image.loadNative(ctx, name, binary)
			}
			if err != nil {
				fail(results, "", err)
				return nil
			}
		}
		results.Int(int64(m.number))
		for _, function := range m.functions {
			results.String(function)
		}
		return nil
	})
}
