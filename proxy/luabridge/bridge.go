// Package luabridge runs the scripts of a configuration: it loads them into the sandbox of package host, lets the
// configuration bind what they registered, and gives them the data plane. It is the only importer of host under proxy.
//
// The object model that scripts see is written in Lua (guest/prelude); here, in one file for each class, are the
// functions that it stands on. The object behind a handle is a [transaction] or an [applet].
package luabridge

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"

	"tidelock/guest"
	"tidelock/guest/prelude"
	"tidelock/host"
	"tidelock/proxy/capability"
	"tidelock/proxy/config"
	"tidelock/proxy/counter"
	"tidelock/proxy/httpclient"
	"tidelock/proxy/log"
	"tidelock/proxy/pattern"
	"tidelock/proxy/plane"
	proxyruntime "tidelock/proxy/runtime"
	"tidelock/proxy/shared"
	"tidelock/proxy/stream"
	"tidelock/proxy/telemetry"
	"tidelock/proxy/tlsconfig"
)

// Config says which scripts to load and what they may do. The zero value of a field is its default.
type Config struct {
	Scripts config.Scripts
	// Standard is what scripts can reach outside of the proxy.
	Standard host.StandardConfig
	// CacheFolder keeps compiled guests from one start to the next; empty for none.
	CacheFolder string
	// Burst is how much processor time any function of a script may use between two waits. 0: no bound.
	Burst time.Duration
	// Threads is how many instances run each registration of a lua-load-per-thread file, and how many may run what keeps
	// nothing from one execution to the next. 0: one for each processor.
	Threads int
	// Console receives what exchanges log whose section has no target for it. It must not block. nil: Log.
	Console func(level log.Level, text string)
	// HTTPClient sends the requests of the class HTTPClient. nil: they fail.
	HTTPClient *httpclient.Client
	// Shared is what core.shared keeps its values in. nil: the memory of this bridge.
	Shared shared.Store
	// Plane is the configuration that the scripts serve. nil: one without anything.
	Plane *plane.Plane
	// Log receives what scripts log and print, and their failures, in HAProxy's words. It must not block.
	Log func(level log.Level, text string)
	// Record receives all that Log, Console and the sections' targets do, with the context of the execution or exchange that
	// it comes from: its trace. It must not block. nil: nobody does.
	Record func(ctx context.Context, level log.Level, text string)
	// Observer is told of the scripts' executions, their main chunks included. nil: nobody looks on.
	Observer host.Observer
	// Meter keeps what scripts measure (core.meter). nil: nobody does.
	Meter metric.MeterProvider
	// Propagator tells the servers of scripts' own requests which trace these belong to. nil: they are told nothing.
	Propagator propagation.TextMapPropagator
	// OpenBundle finds the bundle of a lua-bundle, and trusts it. nil: there are no bundles.
	OpenBundle func(ctx context.Context, line config.ScriptBundle) (*Bundle, error)
	// Asked is told of what scripts reach: a capability of a bundle's manifest, and the value that it would have to list. It
	// may be called concurrently. nil: nobody wants to know.
	Asked func(capability, value string)
	// Secrets are what core.secret returns, by name. What scripts log and print has asterisks in their place.
	Secrets map[string]string
	// Extension is what scripts find beyond HAProxy's API.
	Extension Extension
}

// Extension adds to the object model: chunks that are loaded behind the prelude, the functions that these can bind, and the
// limits of kinds of registrations that these add.
type Extension struct {
	Prelude []host.Chunk
	Library host.Library
	Limits  map[string]host.Limits
}

// Bridge holds the loaded scripts of one configuration. Its methods are safe for concurrent use once Init has returned.
type Bridge struct {
	config  Config
	engine  *host.Engine
	images  []*image                  // of lua-load and lua-load-per-thread
	bundles []*bundle                 // in the order of the configuration
	retired sync.WaitGroup            // generations of bundles that serve no more, until they are closed
	known   atomic.Pointer[inventory] // nil until the configuration is built
	mask    *mask                     // nil: there are no secrets
	// What scripts measure, for all images.
	instruments instruments
	unmeasure   func() error    // ends the measuring of the engine
	life        context.Context // ends when the bridge is closed
	end         context.CancelFunc
}

var _ stream.Scripts = (*Bridge)(nil)

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

// New loads the scripts and runs their main chunks. Errors that concern one file are of type *config.ScriptError;
// several are joined.
func New(ctx context.Context, c Config) (*Bridge, error) {
	if c.Threads <= 0 {
		c.Threads = runtime.GOMAXPROCS(0)
	}
	if c.Log == nil {
		c.Log = func(log.Level, string) {}
	}
	if c.Console == nil {
		c.Console = c.Log
	}
	if c.Record == nil {
		c.Record = func(context.Context, log.Level, string) {}
	}
	if c.Shared == nil {
		c.Shared = new(shared.Memory)
	}
	if c.Plane == nil {
		c.Plane = &plane.Plane{
			Patterns: &pattern.Sets{}, Process: &counter.Process{}, Commands: proxyruntime.NewRegistry(),
			TLSFiles: tlsconfig.NewFiles(), Sections: func() []plane.Section { return nil },
		}
	}
	if c.Meter == nil {
		c.Meter = noop.NewMeterProvider()
	}
	if c.Propagator == nil {
		c.Propagator = propagation.NewCompositeTextMapPropagator()
	}
	b := &Bridge{config: c, instruments: instruments{meter: c.Meter.Meter(scope)}, mask: maskOf(c.Secrets)}
	b.maskLogs()
	b.life, b.end = context.WithCancel(context.Background())
	var err error
	b.engine, err = host.NewEngine(ctx, host.EngineConfig{
		CacheDir: c.CacheFolder, Memory: int64(c.Scripts.MaxMemory), InstanceMemory: int64(c.Scripts.InstanceMemory),
	})
	if err != nil {
		return nil, fmt.Errorf("scripts: %w", err)
	}
	if b.unmeasure, err = measureSandbox(c.Meter.Meter(telemetry.Scope), b.engine); err != nil {
		return nil, errors.Join(fmt.Errorf("scripts: metrics: %w", err), b.engine.Close(ctx))
	}
	if err := errors.Join(b.loadFiles(ctx), b.loadBundles(ctx)); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	for _, m := range b.images {
		m.warnOfRepetitions()
		m.addCommands()
	}
	for _, u := range b.bundles {
		u.addCommands()
	}
	return b, nil
}

// loadFiles makes one image of the files that all threads share, and another of those that each thread has for itself, for
// each of their dialects.
func (b *Bridge) loadFiles(ctx context.Context) error {
	var failed []error
	for _, perThread := range []bool{false, true} {
		images := make(map[guest.Dialect]*image)
		for _, file := range b.config.Scripts.Files {
			if file.PerThread != perThread {
				continue
			}
			dialect, err := dialectOf(file)
			if err != nil {
				failed = append(failed, &config.ScriptError{File: file, Err: err})
				continue
			}
			m := images[dialect]
			if m == nil {
				if m, err = b.newImage(ctx, imageKind{perThread: perThread, dialect: dialect}); err != nil {
					return err
				}
				images[dialect] = m
				b.images = append(b.images, m)
			}
			if err := m.load(ctx, file); err != nil {
				failed = append(failed, &config.ScriptError{File: file, Err: err})
			}
		}
	}
	return errors.Join(failed...)
}

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
			b.config.Log(log.Level(level), text)
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

// Functions returns what scripts registered of a kind, in the order in which they did.
func (b *Bridge) Functions(kind string) []*host.Registration {
	var found []*host.Registration
	for _, m := range b.all() {
		for _, r := range m.Registrations() {
			if r.Kind == kind {
				found = append(found, r)
			}
		}
	}
	return found
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
		return fmt.Errorf("error in Lua file '%s': %w", file.Path, err)
	}
	chunk := host.Chunk{Name: "@" + file.Path, Source: withoutShebang(string(source))}
	if err := m.Load(ctx, chunk, file.Arguments...); err != nil {
		return errors.New(mainFailure(file.Path, err) + m.hint(ctx, chunk, err))
	}
	return nil
}

// withoutShebang makes a comment of a first line that names an interpreter, as Lua does with files.
func withoutShebang(source string) string {
	if strings.HasPrefix(source, "#") {
		return "--" + source
	}
	return source
}

// Init runs the functions that wait for the whole configuration to be read and makes the instances. It runs once, after
// all that is bound was bound.
func (b *Bridge) Init(ctx context.Context) error {
	for _, m := range b.all() {
		if err := m.seal(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (m *image) seal(ctx context.Context) error {
	if err := m.Seal(ctx); err != nil {
		return errors.New(initFailure(err))
	}
	m.files.sealed.Store(true)
	return nil
}

// Start starts the tasks, and what waits for events.
func (b *Bridge) Start() error {
	for _, m := range b.all() {
		m.start()
	}
	return nil
}

func (m *image) start() {
	m.subscribeAll()
	m.StartTasks()
}

// Wait returns when all tasks have ended.
func (b *Bridge) Wait() {
	for _, m := range b.all() {
		m.Image.Wait()
	}
}

// Close ends the tasks and what still runs, and frees everything.
func (b *Bridge) Close() error {
	b.end()
	failed := []error{b.unmeasure()}
	b.retired.Wait()
	for _, m := range b.all() {
		failed = append(failed, m.close())
	}
	return errors.Join(append(failed, b.engine.Close(context.Background()))...)
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

// warnOfRepetitions tells of functions that take the place of earlier ones. An action may have the same name in
// different environments.
func (m *image) warnOfRepetitions() {
	registrations := m.Registrations()
	for i, r := range registrations {
		repeats := func(earlier *host.Registration) bool {
			return earlier.Kind == r.Kind && earlier.Name == r.Name && (r.Kind != kindAction || shareEnvironment(earlier, r))
		}
		if r.Name != "" && slices.ContainsFunc(registrations[:i], repeats) {
			m.bridge.config.Log(log.Warning, fmt.Sprintf("%s 'lua.%s' is registered more than once: the one at %s:%d counts.",
				r.Kind, r.Name, r.Source, r.Line))
		}
	}
}

// Registrations implements proxy.Registry.
func (b *Bridge) Registrations() []config.Registration {
	var all []config.Registration
	groups := 0 // of the images before
	for _, m := range b.all() {
		most := 0
		for _, r := range m.Registrations() {
			described := m.describe(r)
			if r.Group > 0 {
				described.Group += groups
				most = max(most, r.Group)
			}
			all = append(all, described)
		}
		groups += most
	}
	return all
}

// isolation is what the image's scripts have.
func (m *image) isolation() config.Isolation {
	if u := m.kind.bundle; u != nil && u.Isolation != "" {
		return config.Isolation(u.Isolation)
	}
	return m.bridge.config.Scripts.Isolation
}

func (m *image) describe(r *host.Registration) config.Registration {
	return config.Registration{
		Kind: r.Kind, Name: r.Name, File: r.Source, Line: r.Line,
		Isolation: m.isolation(), Group: r.Group, Parallel: r.Parallel,
	}
}

// Joins implements proxy.Registry.
func (b *Bridge) Joins() []config.Join {
	var all []config.Join
	for _, m := range b.all() {
		for _, j := range m.Image.Joins() {
			all = append(all, config.Join{
				First: m.describe(j.First), Second: m.describe(j.Second),
				What: j.What, Variable: j.Variable, File: j.Source, Line: j.Line,
			})
		}
	}
	return all
}
