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
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"

	"tidelock/guest"
	"tidelock/host"
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
	// Console receives what exchanges log whose section has no target for it, with the context that Record has. It must not
	// block. nil: Log.
	Console func(ctx context.Context, level log.Level, text string)
	// HTTPClient sends the requests of the class HTTPClient. nil: they fail.
	HTTPClient *httpclient.Client
	// Shared is what core.shared keeps its values in. nil: the memory of this bridge.
	Shared shared.Store
	// Plane is the configuration that the scripts serve. nil: one without anything.
	Plane *plane.Plane
	// Log receives what scripts log and print, and their failures, in HAProxy's words, with the context that Record has. It
	// must not block.
	Log func(ctx context.Context, level log.Level, text string)
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
	causes      sharedCauses    // of what executions wait for by core.shared
	unmeasure   func() error    // ends the measuring of the engine
	life        context.Context // ends when the bridge is closed
	end         context.CancelFunc
}

var _ stream.Scripts = (*Bridge)(nil)

// New loads the scripts and runs their main chunks. Errors that concern one file are of type *config.ScriptError;
// several are joined.
func New(ctx context.Context, c Config) (*Bridge, error) {
	if c.Threads <= 0 {
		c.Threads = runtime.GOMAXPROCS(0)
	}
	if c.Log == nil {
		c.Log = func(context.Context, log.Level, string) {}
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

// Start starts the tasks, and what waits for events.
func (b *Bridge) Start() error {
	for _, m := range b.all() {
		m.start()
	}
	return nil
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
