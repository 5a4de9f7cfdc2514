package luabridge

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"strings"

	"tidelock/guest"
	"tidelock/guest/prelude"
	"tidelock/host"
	"tidelock/proxy/capability"
	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/httpclient"
	"tidelock/proxy/log"
)

// image is the scripts that share one Lua state: those of lua-load, or those of lua-load-per-thread, of one dialect, or those
// of a bundle.
type image struct {
	*host.Image
	bridge     *Bridge
	kind       imageKind
	generation *generation // nil for the scripts of lua-load
	guard      *guard      // nil for scripts that may do what the process may
	files      mapFiles
	queues     queues
	events     events
	life       context.Context // ends with the bridge's, and when another generation of a bundle takes the image's place
	end        context.CancelFunc
	// requests sends the scripts' own. nil: they fail.
	requests *httpclient.Client
}

// imageKind is what scripts must have in common to share an image.
type imageKind struct {
	perThread bool
	dialect   guest.Dialect
	grant     *capability.Set // nil for scripts that may do what the process may
	bundle    *Bundle         // nil for the scripts of lua-load
	alias     string          // of the bundle in the configuration
}

// granted returns what the image's scripts may reach, nil for everything that the process may.
func (m *image) granted() *capability.Set { return m.kind.grant }

// owner tells those apart who must not see each other's values: the name of a bundle, whichever version of it runs, or nothing
// for the scripts of lua-load.
func (m *image) owner() string { return m.kind.alias }

func (b *Bridge) newImage(ctx context.Context, kind imageKind) (*image, error) {
	scripts := &b.config.Scripts
	m := &image{bridge: b, kind: kind}
	m.life, m.end = context.WithCancel(b.life)
	m.guard = newGuard(m)
	m.requests = m.guard.client(b.config.HTTPClient)
	session := host.Limits{Time: scripts.SessionTimeout}
	settings := host.ImageConfig{
		Guest:     kind.dialect.Module(),
		Prelude:   m.prelude(),
		Library:   m.library(),
		Isolation: host.Isolation(scripts.Isolation),
		Limits: map[string]host.Limits{
			kindFetch: session, kindConverter: session, kindAction: session, kindFilter: session,
			kindCommand: session, kindService: {Time: scripts.ServiceTimeout}, host.KindTask: {Time: scripts.TaskTimeout},
			kindEvent: {Time: scripts.TaskTimeout},
		},
		Processors: b.config.Threads,
		LoadTime:   scripts.LoadTimeout,
		Quantum:    scripts.ForcedYield,
		Log: func(x *host.Execution, level host.Level, text string) {
			b.config.Record(x.Context(), log.Level(level), text)
			b.config.Log(x.Context(), log.Level(level), text)
		},
		Observer:  m.bridge.config.Observer,
		Owner:     kind.bundle,
		Redact:    b.redact(),
		TaskEnded: m.taskEnded,

		RegisteredLate: m.registeredLate,
	}
	maps.Copy(settings.Limits, b.config.Extension.Limits)
	for kind, limits := range settings.Limits {
		limits.Burst = m.bridge.config.Burst
		settings.Limits[kind] = limits
	}
	if kind.perThread {
		settings.Instances = b.config.Threads
	}
	kind.bundle.limit(&settings)
	var err error
	if m.Image, err = b.engine.NewImage(ctx, settings); err != nil {
		m.end()
		return nil, fmt.Errorf("scripts: %w", err)
	}
	return m, nil
}

// prelude returns the object model, and the chunk that prepends the configured paths.
func (m *image) prelude() []host.Chunk {
	var chunks []host.Chunk
	for _, c := range prelude.Chunks() {
		chunks = append(chunks, host.Chunk{Name: c.Name, Source: c.Source})
	}
	var paths strings.Builder
	for _, p := range m.bridge.config.Scripts.PrependPaths {
		fmt.Fprintf(&paths, "package.%s = %s .. ';' .. package.%[1]s\n", p.Type, quote(p.Pattern))
	}
	if m.kind.bundle != nil {
		paths.Reset() // nothing but the bundle's own
		fmt.Fprintf(&paths, "package.path, package.cpath = '%[1]s/?.lua;%[1]s/?/init.lua', '%[1]s/?.wasm'\n", m.kind.alias)
	}
	chunks = append(chunks, host.Chunk{Name: "=<paths>", Source: paths.String()})
	return append(chunks, m.bridge.config.Extension.Prelude...)
}

// library returns what the object model can bind.
func (m *image) library() host.Libraries {
	outer := m.guard.library(host.Libraries{newLibrary(m), host.Standard(m.guard.standard(m.bridge.config.Standard))})
	if m.kind.bundle != nil {
		outer = bundledFiles{outer, m}
	}
	libraries := host.Libraries{outer}
	if added := m.bridge.config.Extension.Library; added != nil {
		libraries = append(libraries, added)
	}
	return libraries
}

// quote writes text as a Lua string.
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(text) {
		fmt.Fprintf(&b, "\\%03d", text[i])
	}
	b.WriteByte('"')
	return b.String()
}

// load runs one file's main chunk. Errors have HAProxy's words.
func (m *image) load(ctx context.Context, file config.ScriptFile) error {
	source, err := os.ReadFile(file.Path)
	if err != nil {
		return fmt.Errorf("error in Lua file '%s': %s", file.Path, unreadable(file.Path, err))
	}
	chunk := host.Chunk{Name: "@" + file.Path, Source: withoutShebang(string(source))}
	if err := m.Load(ctx, chunk, file.Arguments...); err != nil {
		return errors.New(mainFailure(file.Path, err) + m.hint(ctx, chunk, err))
	}
	return nil
}

// unreadable words what kept a file from being read as Lua does: what was tried (a folder can be opened), and why it failed.
func unreadable(path string, err error) string {
	tried := "open"
	if failed := (*fs.PathError)(nil); errors.As(err, &failed) {
		tried = failed.Op
	}
	return fmt.Sprintf("cannot %s %s: %s", tried, path, syntax.SystemReason(err))
}

// withoutShebang makes a comment of a first line that names an interpreter, as Lua does with files.
func withoutShebang(source string) string {
	if strings.HasPrefix(source, "#") {
		return "--" + source
	}
	return source
}

func (m *image) seal(ctx context.Context) error {
	if err := m.Seal(ctx); err != nil {
		return errors.New(initFailure(err))
	}
	m.files.sealed.Store(true)
	return nil
}

func (m *image) start() {
	m.subscribeAll()
	m.StartTasks()
}

func (m *image) close() error {
	m.end()
	err := m.Close()
	m.events.done.Wait()
	if m.requests != m.bridge.config.HTTPClient {
		m.requests.Close()
	}
	return err
}
