// Package proxy assembles a configuration into a running proxy: it loads the scripts, compiles what refers to them,
// connects frontends, backends and logs, opens the listeners and closes everything again. It parses nothing of the
// configuration language itself (package config) and carries no bytes (package frontend).
//
// A Proxy is made by Build, which takes nothing from a running one: a new configuration is prepared beside the old, and
// when it is not valid nothing has changed. Start then opens the listeners, or takes them over by Options.Listen.
package proxy

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"slices"
	"sync"
	"sync/atomic"

	"tidelock/proxy/compression"
	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/counter"
	"tidelock/proxy/emailalert"
	"tidelock/proxy/frontend"
	"tidelock/proxy/http1"
	"tidelock/proxy/httpclient"
	"tidelock/proxy/log"
	"tidelock/proxy/pattern"
	"tidelock/proxy/plane"
	"tidelock/proxy/prometheus"
	"tidelock/proxy/server"
	"tidelock/proxy/socket"
	"tidelock/proxy/stream"
	"tidelock/proxy/telemetry"
	"tidelock/proxy/violation"
)

// Scripts is what a script loader gives: names for the configuration to bind, and the steps of the scripts' life in the
// order in which Build, Start and Stop take them.
type Scripts interface {
	stream.Scripts
	// Init runs the functions that wait for the whole configuration to be read (core.register_init).
	Init(ctx context.Context) error
	// Start starts what runs beside the traffic (core.register_task). The listeners are open.
	Start() error
	// Close ends all of it. No exchange uses the scripts any more.
	Close() error
}

// Registry is what Scripts may offer besides: what there is to bind, in the order of registration, and what of that shares
// variables.
type Registry interface {
	Registrations() []config.Registration
	Joins() []config.Join
}

// ScriptHost is what scripts see of the process that runs them.
type ScriptHost struct {
	Logger      *log.Logger // where their messages go: the global section's targets
	Environment *syntax.Environment
	Threads     int                // nbthread, 0 for as many as there are processors
	HTTPClient  *httpclient.Client // sends their own requests
	Plane       *plane.Plane       // the configuration that they serve
}

// Options are what Build cannot find in the configuration.
type Options struct {
	// LoadScripts loads the script files. Errors that concern one file are of type *config.ScriptError, several errors
	// are joined. Nil refuses configurations with scripts.
	LoadScripts func(ctx context.Context, settings config.Scripts, host ScriptHost) (Scripts, error)

	// Listen opens a listener; nil asks the system. A reload hands listeners over here, and tests choose their ports.
	Listen func(context.Context, socket.Options) (net.Listener, error)

	// SendSockets gives the listening sockets to a process that asks for them over the runtime API; nil refuses.
	SendSockets func(*net.UnixConn) error

	// Process counts what concerns the whole process, which may run several configurations at a time; nil is one of
	// this Proxy alone.
	Process *counter.Process

	// Errors receives what is a fault of the process; nil is slog's default.
	Errors *slog.Logger

	// Telemetry follows exchanges; nil: nobody does.
	Telemetry *telemetry.Telemetry

	// Console receives what happens to servers, in HAProxy's form; nil is the standard error.
	Console io.Writer

	// Record receives what happens to servers, too, with the trace of the check that brought it about. It must not block.
	// nil: nobody does.
	Record func(ctx context.Context, level log.Level, text string)

	// Version is what the runtime API says of this program, in a form that programs that expect HAProxy can read.
	Version string
}

// Proxy is an assembled configuration.
type Proxy struct {
	config    *config.Configuration
	options   Options
	scripts   Scripts // nil when the configuration has none
	frontends []*entrance
	backends  map[string]*server.Backend
	logs      *logTargets
	loggers   map[*config.Proxy]*log.Logger
	relays    []*relay
	mails     []*emailalert.Sender
	rows      map[*config.Proxy][]*counter.Row

	Process  *counter.Process
	exporter *prometheus.Exporter
	runtime  runtimeAPI
	patterns *pattern.Sets

	httpClient *httpclient.Client // nil without scripts

	serving     sync.WaitGroup
	stopping    atomic.Bool     // Stop was called
	maxconn     atomic.Int64    // of the process, 0 for no bound
	shared      *frontend.Slots // what all frontends together may have open; nil for no bound
	violations  violation.Counter
	paces       frontend.Paces // of the process
	compression *compression.Limits
}

// entrance is a frontend or listen section with what it listens on.
type entrance struct {
	*frontend.Frontend
	section  *config.Proxy
	logger   *log.Logger
	bindings []*binding
	maxconn  int // its own, 0 for none
}

// Registrations returns what the scripts registered, as far as their loader tells.
func (p *Proxy) Registrations() []config.Registration {
	if r, ok := p.scripts.(Registry); ok {
		return r.Registrations()
	}
	return nil
}

// Joins returns which of the scripts' registrations share variables, as far as their loader tells.
func (p *Proxy) Joins() []config.Join {
	if r, ok := p.scripts.(Registry); ok {
		return r.Joins()
	}
	return nil
}

// WriteMetrics writes what http-request use-service prometheus-exporter answers to a request with the query.
func (p *Proxy) WriteMetrics(w io.Writer, query string) error { return p.exporter.Write(w, query) }

// Start opens all listeners, then serves on them, then starts the scripts' tasks. When a listener cannot be opened none
// stays open, and the error names every one that failed. The context bounds the opening only.
func (p *Proxy) Start(ctx context.Context) error {
	g := &p.config.Global
	http1.Tune(tuning(g))
	var failed []error
	for _, e := range p.frontends {
		if err := p.open(ctx, e); err != nil {
			failed = append(failed, err)
		}
	}
	failed = append(failed, p.openRelays(ctx), p.openRuntime(ctx))
	failed = slices.DeleteFunc(failed, func(err error) bool { return err == nil })
	if len(failed) > 0 {
		p.closeListeners()
		return errors.Join(failed...)
	}
	p.shareLimit()
	for _, e := range p.frontends {
		for _, l := range e.bindings {
			address := l.listener.Addr()
			l.listener.Listener = limited(l.listener.Listener, p.shared)
			p.serving.Go(func() {
				if err := e.Serve(&l.listener); err != nil {
					p.options.Errors.Error("listener failed", "proxy", e.section.Name, "address", address, "error", err)
				}
			})
		}
	}
	p.Process.State = newInformation(p).fill
	p.serveRelays()
	p.serveRuntime()
	if p.scripts != nil { // before the checks, since they may be told of what those find
		if err := p.scripts.Start(); err != nil {
			return err
		}
	}
	for _, b := range p.backends {
		b.StartChecks()
	}
	return nil
}

// Announce has the proxy say that it is stopping, to whoever asks, while it goes on as before. Stop is to follow.
func (p *Proxy) Announce() { p.stopping.Store(true) }

// Stop stops listening, lets exchanges finish until ctx ends, cuts what is left and releases everything. It returns nil,
// or ctx's error if exchanges were cut. A Proxy that was never started may be stopped too.
func (p *Proxy) Stop(ctx context.Context) error {
	p.stopping.Store(true)
	errs := make([]error, len(p.frontends))
	var stopping sync.WaitGroup
	for i, e := range p.frontends {
		stopping.Go(func() {
			stopped := e.Condition() == frontend.Stopped
			errs[i] = e.Shutdown(ctx)
			if stopped || len(e.bindings) == 0 || e.bindings[0].listener.Listener == nil {
				return // it said so already, or never ran
			}
			logf(e.logger, log.Warning, "%s", e.farewell())
		})
	}
	stopping.Wait()
	for _, r := range p.relays {
		r.Close()
	}
	p.runtime.Close() // last, so that operators see what is still going on
	p.serving.Wait()
	if p.scripts != nil {
		errs = append(errs, p.scripts.Close())
		p.httpClient.Close()
	}
	for _, b := range p.backends {
		b.Close()
	}
	for _, sender := range p.mails {
		sender.Close()
	}
	p.logs.close()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
