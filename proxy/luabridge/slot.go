package luabridge

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tidelock/host"
	"tidelock/proxy/config"
)

// bundle is a lua-bundle: the generation of its scripts that serves, and what the configuration has bound of them.
type bundle struct {
	bridge *Bridge
	line   config.ScriptBundle

	rolling sync.Mutex // held while another generation is loaded
	slots   []*slot    // not changed once the configuration is built

	mu       sync.Mutex
	current  *generation // guarded by mu
	previous *Bundle     // what served before; guarded by mu
}

// slot is a function of a bundle that the configuration uses in one place. What is bound keeps the slot, so that all places
// change together when another generation of the bundle takes over.
type slot struct {
	wanted
	current atomic.Pointer[target]
}

// wanted is what the configuration asks for.
type wanted struct {
	kind, name string
	suits      func(r *host.Registration) bool  // nil: every one of kind and name
	accept     func(r *host.Registration) error // says why one cannot be used as the configuration does; nil: it can
	filter     func(r *host.Registration, m *image) (*scriptFilter, error)
}

// target is what a slot leads to.
type target struct {
	*generation
	registration *host.Registration
	filter       *scriptFilter // nil but for filters
}

// enter begins an execution of what the slot leads to now. The caller leaves the target when it has ended.
func (s *slot) enter() *target {
	for {
		if t := s.current.Load(); t.enter() {
			return t
		} // else another has taken its place
	}
}

// aim finds in a generation what the slot is for.
func (s *slot) aim(g *generation) (*target, error) {
	r := g.find(s.wanted)
	if r == nil {
		return nil, fmt.Errorf("it has no %s '%s', which the configuration uses", s.kind, s.name)
	}
	t := &target{generation: g, registration: r}
	if s.accept != nil {
		if err := s.accept(r); err != nil {
			return nil, err
		}
	}
	if s.filter == nil {
		return t, nil
	}
	var err error
	t.filter, err = s.filter(r, g.image)
	return t, err
}

// find returns the registration that is wanted. Of several the last one counts, as in HAProxy.
func (m *image) find(w wanted) *host.Registration {
	for _, r := range slices.Backward(m.Registrations()) {
		if r.Kind == w.kind && r.Name == w.name && (w.suits == nil || w.suits(r)) {
			return r
		}
	}
	return nil
}

// place is where something that the configuration names was found. The zero place is nowhere.
type place struct {
	registration *host.Registration
	image        *image
	bundle       *bundle // nil for the scripts of lua-load
	wanted       wanted
}

// lookup finds what a name stands for: BUNDLE.NAME, or NAME where no more than one bundle has it. The scripts of lua-load come
// before names without a bundle: theirs have no other.
func (b *Bridge) lookup(w wanted) (place, error) {
	if alias, name, ok := strings.Cut(w.name, "."); ok {
		for _, u := range b.bundles {
			inside := w
			inside.name = name
			if r := u.current.find(inside); r != nil && u.line.Name == alias {
				return place{r, u.current.image, u, inside}, nil
			}
		}
	}
	for _, m := range b.images {
		if r := m.find(w); r != nil {
			return place{r, m, nil, w}, nil
		}
	}
	var found place
	var names []string
	for _, u := range b.bundles {
		if r := u.current.find(w); r != nil {
			found = place{r, u.current.image, u, w}
			names = append(names, fmt.Sprintf("'lua.%s.%s'", u.line.Name, w.name))
		}
	}
	if len(names) > 1 {
		return place{}, fmt.Errorf("'lua.%s' is in several bundles: write %s", w.name, strings.Join(names, " or "))
	}
	return found, nil
}

// slot makes the slot of something in a bundle.
func (p place) slot() (*slot, error) {
	s := &slot{wanted: p.wanted}
	t, err := s.aim(p.bundle.current)
	if err != nil {
		return nil, err
	}
	s.current.Store(t)
	p.bundle.slots = append(p.bundle.slots, s)
	return s, nil
}

// all returns the images that serve.
func (b *Bridge) all() []*image {
	images := slices.Clone(b.images)
	for _, u := range b.bundles {
		u.mu.Lock()
		images = append(images, u.current.image)
		u.mu.Unlock()
	}
	return images
}

// ErrUnknownBundle is in the error of Roll for a name that no lua-bundle has.
var ErrUnknownBundle = errors.New("no such bundle")

func (b *Bridge) bundleNamed(name string) (*bundle, error) {
	for _, u := range b.bundles {
		if u.line.Name == name {
			return u, nil
		}
	}
	return nil, fmt.Errorf("%w: '%s'", ErrUnknownBundle, name)
}

// Roll has a bundle take the place of what serves under a name: it is loaded beside that, and when everything that the
// configuration uses is in it, all of the configuration changes over at once. Executions that are under way end where they
// began. When it fails, nothing has changed.
func (b *Bridge) Roll(ctx context.Context, name string, next *Bundle) error {
	u, err := b.bundleNamed(name)
	if err != nil {
		return err
	}
	u.rolling.Lock()
	defer u.rolling.Unlock()
	g, err := b.newGeneration(ctx, u.line, next)
	if err != nil {
		return err
	}
	targets := make([]*target, len(u.slots))
	for i, s := range u.slots {
		if targets[i], err = s.aim(g); err != nil {
			break
		}
	}
	if err == nil {
		err = g.seal(ctx)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("%s: %w", next, err), g.close())
	}
	for i, s := range u.slots {
		s.current.Store(targets[i])
	}
	u.mu.Lock()
	last := u.current
	g.since = time.Now()
	u.current, u.previous = g, last.kind.bundle
	u.mu.Unlock()
	last.retire()
	g.start()
	return nil
}

// BundleState is what serves under the name of a lua-bundle.
type BundleState struct {
	Line               config.ScriptBundle
	Bundle             *Bundle
	Previous           *Bundle // what served before; nil for nothing
	Since              time.Time
	Executions, Errors uint64 // of what the configuration uses, since then
}

// Bundles returns the state of all bundles, in the order of the configuration.
func (b *Bridge) Bundles() []BundleState {
	states := make([]BundleState, len(b.bundles))
	for i, u := range b.bundles {
		u.mu.Lock()
		g := u.current
		states[i] = BundleState{
			Line: u.line, Bundle: g.kind.bundle, Previous: u.previous, Since: g.since,
			Executions: g.executions.Load(), Errors: g.errors.Load(),
		}
		u.mu.Unlock()
	}
	return states
}
