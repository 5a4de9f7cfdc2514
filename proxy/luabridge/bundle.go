package luabridge

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"

	"tidelock/guest"
	"tidelock/host"
	"tidelock/proxy/capability"
	"tidelock/proxy/config"
	"tidelock/proxy/log"
)

// Bundle is what a lua-bundle has led to: scripts with all that they need, which somebody has decided to trust.
type Bundle struct {
	Label         string // the name in its manifest, as in "acme/auth"
	Version       string
	Digest        string // "sha256:..."
	Dialect       guest.Dialect
	Entry         string            // path of the script that runs first
	Files         map[string][]byte // scripts, native modules and data, by their paths in the bundle
	Grant         *capability.Set   // what the scripts may reach
	Registrations []Declared        // what they may register
	// Limits; zero leaves them to the configuration.
	Isolation  host.Isolation
	Memory     int64 // bytes of an instance
	Fuel       int64 // of an execution, but for tasks, which go on
	Executions int   // at a time
}

// Declared is a registration that a manifest lists. Tasks have no names.
type Declared struct{ Kind, Name string }

// declarable are the kinds that a manifest lists.
var declarable = []string{kindAction, kindCommand, kindConverter, kindFetch, kindFilter, kindService, host.KindTask}

func (u *Bundle) String() string { return u.Label + " " + u.Version }

// limit sets what the bundle is bound by. u may be nil.
func (u *Bundle) limit(c *host.ImageConfig) {
	if u == nil {
		return
	}
	if u.Isolation != "" {
		c.Isolation = u.Isolation
	}
	c.InstanceMemory, c.Executions = u.Memory, u.Executions
	for kind, limits := range c.Limits {
		if kind != host.KindTask {
			limits.Fuel = u.Fuel
			c.Limits[kind] = limits
		}
	}
}

// loadBundles loads the bundles of the configuration.
func (b *Bridge) loadBundles(ctx context.Context) error {
	var failed []error
	for _, line := range b.config.Scripts.Bundles {
		opened, err := b.openBundle(ctx, line)
		if err == nil {
			var g *generation
			if g, err = b.newGeneration(ctx, line, opened); err == nil {
				b.bundles = append(b.bundles, &bundle{bridge: b, line: line, current: g})
				continue
			}
		}
		err = fmt.Errorf("bundle '%s': %w", line.Name, err)
		failed = append(failed, &config.ScriptError{File: config.ScriptFile{Path: line.Reference, At: line.At}, Err: err})
	}
	return errors.Join(failed...)
}

func (b *Bridge) openBundle(ctx context.Context, line config.ScriptBundle) (*Bundle, error) {
	if b.config.OpenBundle == nil {
		return nil, errors.New("this program opens no bundles")
	}
	return b.config.OpenBundle(ctx, line)
}

// newGeneration loads a bundle's scripts and runs their main chunk.
func (b *Bridge) newGeneration(ctx context.Context, line config.ScriptBundle, u *Bundle) (*generation, error) {
	if len(u.Dialect.Module()) == 0 {
		return nil, fmt.Errorf("%s: %s", u, notBuilt(u.Dialect))
	}
	m, err := b.newImage(ctx, imageKind{perThread: line.PerThread, dialect: u.Dialect, grant: u.Grant, bundle: u, alias: line.Name})
	if err != nil {
		return nil, err
	}
	g := newGenerationOf(m)
	if err := m.loadEntry(ctx, line.Arguments); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", u, err), m.close())
	}
	m.warnOfRepetitions()
	return g, nil
}

func (m *image) loadEntry(ctx context.Context, arguments []string) error {
	u := m.kind.bundle
	name := path.Join(m.kind.alias, u.Entry)
	chunk := host.Chunk{Name: "@" + name, Source: withoutShebang(string(u.Files[u.Entry]))}
	if err := m.Load(ctx, chunk, arguments...); err != nil {
		return errors.New(mainFailure(name, err))
	}
	return m.checkDeclared()
}

// checkDeclared compares what the scripts have registered with the manifest: what that does not list is an error.
func (m *image) checkDeclared() error {
	u := m.kind.bundle
	var registered []Declared
	for _, r := range m.Registrations() {
		if !slices.Contains(declarable, r.Kind) {
			continue
		}
		one := Declared{r.Kind, r.Name}
		if r.Kind == host.KindTask {
			one.Name = ""
		}
		if !slices.Contains(u.Registrations, one) {
			return fmt.Errorf("%s:%d registers %s, which the manifest does not list", r.Source, r.Line, one)
		}
		registered = append(registered, one)
	}
	for _, one := range u.Registrations {
		if !slices.Contains(registered, one) {
			m.bridge.config.Log(m.life, log.Warning, fmt.Sprintf("bundle '%s': %s does not register %s, which its manifest lists.", m.kind.alias, u, one))
		}
	}
	return nil
}

func (d Declared) String() string {
	if d.Name == "" {
		return "a " + d.Kind
	}
	return fmt.Sprintf("%s '%s'", d.Kind, d.Name)
}
