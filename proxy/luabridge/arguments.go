package luabridge

import (
	"maps"
	"sync"
	"sync/atomic"

	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/sample"
	"tidelock/proxy/value"
)

// binding types the arguments of a fetch or converter.
type binding = func(script *sample.Compiler, c *sample.Context, arguments []value.Value) ([]sample.Argument, error)

// binder remembers the typed arguments of one fetch or converter by their encoding: most scripts call it with the same
// ones for every exchange, and typing them costs more than the call, above all where they hold a regex.
type binder struct {
	script *sample.Compiler
	bind   binding

	none  atomic.Pointer[[]sample.Argument]            // what there is without arguments, the most frequent case by far
	known atomic.Pointer[map[string][]sample.Argument] // never changed, but replaced by a larger one
	mu    sync.Mutex                                   // held while known is replaced
}

// Bounds of what a binder remembers: a script may make arguments of what clients send.
const (
	maxBound       = 64  // lists of arguments
	maxBoundLength = 256 // bytes of one list
)

// arguments takes what is left of a call.
func (b *binder) arguments(c *host.Call, t *transaction) ([]sample.Argument, error) {
	encoded := c.Arguments.Rest()
	if len(encoded) == 0 {
		if a := b.none.Load(); a != nil {
			return *a, nil
		}
	}
	known := b.known.Load()
	if known != nil {
		if a, ok := (*known)[string(encoded)]; ok {
			return a, nil
		}
	}
	a, err := b.bind(b.script, &t.samples, t.take(c))
	if err == nil && c.Arguments.Err() == nil && len(encoded) <= maxBoundLength && (known == nil || len(*known) < maxBound) {
		b.remember(string(encoded), a)
	}
	return a, err
}

func (b *binder) remember(encoded string, a []sample.Argument) {
	if encoded == "" {
		b.none.Store(&a)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	larger := make(map[string][]sample.Argument)
	if known := b.known.Load(); known != nil {
		maps.Copy(larger, *known)
	}
	larger[encoded] = a
	b.known.Store(&larger)
}

// take returns the values that are left, valid until the next call.
func (t *transaction) take(c *host.Call) []value.Value {
	t.arguments = t.arguments[:0]
	for c.Arguments.More() {
		v := value.Value{}
		if a := c.Next(); a.Type != abi.Nil {
			v = toSample(a)
		}
		t.arguments = append(t.arguments, v)
	}
	return t.arguments
}
