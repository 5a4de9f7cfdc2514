package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"slices"
	"strings"

	"tidelock/cmd/tidelock/admin"
	"tidelock/cmd/tidelock/bundles"
	"tidelock/cmd/tidelock/settings"
	"tidelock/cmd/tidelock/telemetry"
	"tidelock/proxy"
	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/handover"
	"tidelock/proxy/socket"
)

// program is one run of the proxy, whatever command line it was started with.
type program struct {
	files          []string          // of the configuration, or folders with them
	settings       settings.Settings // with what the global section says, once it is read
	loaded         settings.Settings // without
	stdout, stderr io.Writer
	log            *slog.Logger    // the process's own
	local          *slog.Logger    // the same without telemetry
	level          *slog.LevelVar  // of log
	console        io.Writer       // takes what happens to servers
	least          syntax.Severity // of the diagnostics that are shown
	overrides      overrides       // of the command line
	checking       bool            // nothing will be served
	verbose        bool            // a check lists the registrations
	asHAProxy      bool            // messages have HAProxy's preamble, signals HAProxy's meaning
	noPidfile      bool            // another process writes its own
	zeroWarning    bool            // warnings prevent the start

	reread func() (settings.Settings, error) // on SIGUSR2; nil: a master does, by starting a worker
	admin  admin.Server

	bundles *bundles.Roller // nil for a configuration without bundles

	telemetry *telemetry.Providers     // nil for none
	sockets   *handover.Sockets        // may have been taken over
	ready     []func() error           // run once everything listens
	serving   func(*proxy.Proxy) error // as ready, with what serves; nil for nothing
}

// overrides come before what the configuration says. Their zero values leave it as it is.
type overrides struct {
	maxconn      int
	proxyMaxconn int // of proxies that have none
	pidfile      string
	localPeer    string
	master       bool // workers serve under a master
}

func (o overrides) apply(cfg *config.Configuration) {
	cfg.Global.Maxconn = cmp.Or(o.maxconn, cfg.Global.Maxconn)
	cfg.Global.Pidfile = cmp.Or(o.pidfile, cfg.Global.Pidfile)
	cfg.Global.MasterWorker = cfg.Global.MasterWorker || o.master
	for _, p := range cfg.Proxies {
		p.Maxconn = cmp.Or(p.Maxconn, o.proxyMaxconn)
	}
}

func newProgram(files []string, s settings.Settings, stdout, stderr io.Writer) *program {
	p := &program{
		files: files, settings: s, loaded: s, stdout: stdout, stderr: stderr, console: stderr, level: new(slog.LevelVar), least: syntax.Notice,
		sockets: &handover.Sockets{},
	}
	p.level.Set(s.Process.LogLevel)
	p.local = newLogger(stderr, s.Process.LogFormat, p.level)
	p.log = p.local
	return p
}

// load reads the configuration and assembles it. Diagnostics are printed here; the error says how to end.
func (p *program) load(ctx context.Context) (*proxy.Proxy, *config.Configuration, error) {
	diags := &syntax.Diagnostics{}
	built, cfg := p.build(ctx, diags)
	if p.asHAProxy && (diags.Has(syntax.Alert) || diags.Has(syntax.Warning)) && p.least <= syntax.Notice {
		p.preamble()
	}
	diags.Print(p.stderr, p.least)
	if built == nil {
		return nil, nil, exitStatus(exitError)
	}
	if diags.Has(syntax.Warning) && (p.zeroWarning || cfg.Global.ZeroWarning) {
		built.Stop(ctx)
		if p.least < syntax.Alert {
			syntax.Printf(p.stderr, syntax.Alert, "config : Some warnings were found and 'zero-warning' is set. Aborting.")
		}
		return nil, nil, exitStatus(exitError)
	}
	if diags.Has(syntax.Warning) && p.least <= syntax.Warning && p.checking {
		fmt.Fprintln(p.stdout, "Warnings were found.")
	}
	if !listens(cfg) {
		built.Stop(ctx)
		fmt.Fprintf(p.stdout, "Configuration file has no error but will not start (no listener) => exit(%d).\n", exitNoListeners)
		return nil, nil, exitStatus(exitNoListeners)
	}
	return built, cfg, nil
}

// quieten has nothing written to the standard error from now on but what prevents the start (-q, and quiet in the global
// section).
func (p *program) quieten() {
	p.least, p.console, p.local = syntax.Alert, io.Discard, slog.New(slog.DiscardHandler)
	p.log = p.local
}

// build reads and assembles the configuration. Both results are nil when there was nothing to read.
func (p *program) build(ctx context.Context, diags *syntax.Diagnostics) (*proxy.Proxy, *config.Configuration) {
	cfg := p.read(diags)
	if cfg == nil {
		return nil, nil
	}
	if cfg.Global.Quiet {
		p.quieten()
	}
	built := proxy.Build(ctx, cfg, proxy.Options{
		Telemetry: p.telemetry.Follower(), Record: p.record("server"),
		LoadScripts: p.loadScripts, Listen: p.listen, SendSockets: p.sockets.Send, Errors: p.log, Console: p.console, Version: haproxyVersion(),
	}, diags)
	return built, cfg
}

// listen takes a listening socket over from another process, or opens it. One that was inherited by number is opened.
func (p *program) listen(ctx context.Context, o socket.Options) (net.Listener, error) {
	open := func() (net.Listener, error) { return socket.Listen(ctx, o) }
	if o.Network == "fd" {
		return open()
	}
	return p.sockets.Listen(o.Network, o.Address, open)
}

// read reads the configuration, nil when that fails before the first line.
func (p *program) read(diags *syntax.Diagnostics) *config.Configuration {
	sources := syntax.Load(p.files, diags)
	if diags.Has(syntax.Alert) {
		return nil
	}
	cfg := config.Parse(sources, condition(sources, p.overrides.localPeer), diags)
	p.overrides.apply(cfg)
	if !diags.Has(syntax.Alert) {
		checkPrograms(cfg, diags)
	}
	p.settings.Reconcile(&cfg.Scripts, stated(sources, condition(sources, p.overrides.localPeer)))
	for _, err := range p.settings.Bound(&cfg.Scripts) {
		diags.Alertf(syntax.Position{}, "%s", err)
	}
	return cfg
}

// stated tells where the global sections have a keyword, the last time.
func stated(sources []syntax.Source, c syntax.Condition) func(keyword string) (place string, ok bool) {
	places := make(map[string]string)
	reader := syntax.Reader{Condition: c}
	for _, section := range reader.Read(sources, new(syntax.Diagnostics)) {
		if section.Header.Keyword() != "global" {
			continue
		}
		for _, statement := range section.Statements {
			places[statement.Keyword()] = statement.At().String()
		}
	}
	return func(keyword string) (string, bool) {
		place, ok := places[keyword]
		return place, ok
	}
}

// condition returns what configurations may ask about this process. Without a name for it among peers it has the
// machine's.
func condition(sources []syntax.Source, localPeer string) syntax.Condition {
	environment := syntax.NewEnvironment(slices.DeleteFunc(os.Environ(), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return settings.Hidden(name)
	}))
	names := make([]string, len(sources))
	for i, source := range sources {
		names[i] = source.Name
	}
	environment.Set("HAPROXY_CFGFILES", strings.Join(names, ";"))
	environment.Set("HAPROXY_STARTUP_VERSION", haproxyVersion())
	if localPeer == "" {
		localPeer, _ = os.Hostname()
	}
	environment.Set("HAPROXY_LOCALPEER", localPeer)
	return syntax.Condition{Environment: environment, Version: compatible, Features: features, SSLLibrary: sslLibrary}
}

// listens reports whether the configuration opens any listener.
func listens(cfg *config.Configuration) bool {
	for _, p := range cfg.Proxies {
		if len(p.Binds) > 0 && !p.Disabled {
			return true
		}
	}
	for _, f := range cfg.LogForwards {
		if len(f.Binds)+len(f.Datagrams) > 0 {
			return true
		}
	}
	return len(cfg.Global.Stats.Sockets) > 0
}

// preamble is what HAProxy prints before its first message.
func (p *program) preamble() {
	syntax.Printf(p.stderr, syntax.Notice, "haproxy version is %s", haproxyVersion())
	if path, err := os.Executable(); err == nil {
		syntax.Printf(p.stderr, syntax.Notice, "path to executable is %s", path)
	}
}
