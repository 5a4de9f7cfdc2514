package proxy

import (
	"context"
	"errors"
	"log/slog"
	"os"

	"tidelock/proxy/cache"
	"tidelock/proxy/command"
	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/counter"
	"tidelock/proxy/frontend"
	"tidelock/proxy/log"
	"tidelock/proxy/pattern"
	"tidelock/proxy/prometheus"
	"tidelock/proxy/resolver"
	"tidelock/proxy/rule"
	"tidelock/proxy/server"
	"tidelock/proxy/socket"
	"tidelock/proxy/sticktable"
	"tidelock/proxy/stream"
	"tidelock/proxy/tlsconfig"
)

// Build assembles a configuration that Parse found valid: it loads the scripts, compiles what may refer to them, and runs
// their init functions. What is wrong goes to diags, with its position; then Build returns nil and has released
// everything. The context bounds loading and init of the scripts, and the resolution of names.
func Build(ctx context.Context, cfg *config.Configuration, o Options, diags *syntax.Diagnostics) *Proxy {
	if o.Listen == nil {
		o.Listen = socket.Listen
	}
	if o.Errors == nil {
		o.Errors = slog.Default()
	}
	if o.Console == nil {
		o.Console = os.Stderr
	}
	if o.Process == nil {
		o.Process = new(counter.Process)
	}
	b := &builder{
		Proxy: &Proxy{
			config: cfg, options: o, Process: o.Process, logs: newLogTargets(cfg, o.Process, diags),
			backends: map[string]*server.Backend{}, rows: map[*config.Proxy][]*counter.Row{},
			patterns: &pattern.Sets{}, paces: newPaces(&cfg.Global), compression: newCompressionLimits(o.Process, &cfg.Global), loggers: map[*config.Proxy]*log.Logger{},
		},
		ctx: ctx, diags: diags,
		identities: map[*config.Proxy]*stream.Proxy{}, servers: map[[2]string]*server.Server{}, rules: map[*config.Proxy]*rules{},
		tables: &sticktable.Tables{}, caches: map[string]*cache.Cache{}, resolvers: map[string]*resolver.Resolver{}, states: map[string]savedStates{},
	}
	b.tlsFiles = tlsconfig.NewFiles()
	b.tlsFiles.SkipSelfIssued = b.config.Global.SkipSelfIssued
	b.exporter = &prometheus.Exporter{Rows: b.Rows, Process: b.Process, Tables: b.tables}
	b.services = map[string]rule.Service{"prometheus-exporter": {Service: b.exporter, LogName: "PROMEX"}}
	b.patterns.Resolve = b.resolvePattern
	if b.Process.State == nil {
		b.Process.State = newInformation(b.Proxy).fill // scripts may ask before it is started
	}
	b.maxconn.Store(int64(cfg.Global.Maxconn))
	b.fileOrder()
	b.buildCaches()
	b.buildNameservers()
	b.buildRuntime()
	b.loadScripts()
	b.setVariables()
	b.buildProxies()
	b.buildRelays()
	b.pinServers()
	b.patterns.Number()
	b.runtime.servers.Backends = b.serversOf()
	b.runtime.servers.Build = b.buildAdded
	b.built = true
	if b.scripts != nil && !diags.Has(syntax.Alert) {
		if err := b.scripts.Init(ctx); err != nil {
			b.scriptErrors(err)
		}
		b.patterns.Number() // those, too, that init functions loaded
	}
	if diags.Has(syntax.Alert) {
		b.Stop(ctx)
		return nil
	}
	return b.Proxy
}

// builder is a Proxy in the making.
type builder struct {
	*Proxy
	ctx         context.Context
	diags       *syntax.Diagnostics
	files       []string // of the configuration, in their order
	identities  map[*config.Proxy]*stream.Proxy
	servers     map[[2]string]*server.Server // that the configuration has, by the names of backend and server
	referred    [][2]string                  // the keys of servers that samples refer to
	tables      *sticktable.Tables
	caches      map[string]*cache.Cache
	resolvers   map[string]*resolver.Resolver // by the name of their section, as rules ask for them
	tlsFiles    *tlsconfig.Files
	nameservers map[string]command.Resolvers
	services    map[string]rule.Service // that use-service rules may name, besides those of scripts
	rules       map[*config.Proxy]*rules
	replies     map[*stream.Proxy]errorReplies
	states      map[string]savedStates // by their file
	changes     server.Changes         // of servers, for scripts
	built       bool                   // all sections are
}

func (b *builder) loadScripts() {
	settings := b.config.Scripts
	if !settings.Any() {
		return
	}
	if b.options.LoadScripts == nil {
		b.diags.Alertf(settings.First(), "scripts cannot be loaded: this program was built without them.")
		return
	}
	global := &b.config.Global
	logger := b.logs.logger(global.Logs, global.LogTag, "global log server declared")
	b.httpClient = b.newHTTPClient(logger)
	scripts, err := b.options.LoadScripts(b.ctx, settings, ScriptHost{
		Logger: logger, Environment: b.config.Environment, Threads: global.Threads, HTTPClient: b.httpClient,
		Plane: b.plane(),
	})
	if err != nil {
		b.httpClient.Close()
		b.scriptErrors(err)
		return
	}
	b.scripts = scripts
}

// scriptErrors reports the errors of a loader, each at the file that it concerns.
func (b *builder) scriptErrors(err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range joined.Unwrap() {
			b.scriptErrors(one)
		}
		return
	}
	var at syntax.Position
	var failed *config.ScriptError
	if errors.As(err, &failed) {
		at = failed.File.At
	}
	b.diags.Alertf(at, "%s", err)
}

// buildProxies builds the backends before the frontends that choose among them.
func (b *builder) buildProxies() {
	for _, section := range b.config.Proxies {
		b.identities[section] = b.newIdentity(section)
	}
	b.buildTables()
	b.replies = b.buildErrorReplies()
	for _, section := range b.config.Proxies {
		if section.Kind.HasBackend() && !section.Disabled {
			b.backends[section.Name] = b.buildBackend(section)
		}
	}
	b.track()
	b.restoreStates()
	for _, section := range b.config.Proxies {
		if section.Kind.HasFrontend() && !section.Disabled {
			e := b.buildFrontend(section)
			b.frontends = append(b.frontends, e)
		}
	}
	b.letSay()
}

// letSay lets whoever handles an exchange log in the name of the sections.
func (b *builder) letSay() {
	for _, section := range b.config.Proxies {
		logger := b.sectionLogger(section)
		b.identities[section].Say = func(level int, text []byte) bool {
			if !logger.Enabled(log.Level(level)) {
				return false
			}
			logger.Log(log.Level(level), text)
			return true
		}
	}
}

// sectionLogger returns where a section logs to.
func (b *builder) sectionLogger(section *config.Proxy) *log.Logger {
	if l := b.loggers[section]; l != nil {
		return l
	}
	targets := section.Logs
	if section.LogGlobal {
		targets = append(targets[:len(targets):len(targets)], b.config.Global.Logs...)
	}
	tag := section.LogTag
	if tag == "" {
		tag = b.config.Global.LogTag
	}
	l := b.logs.logger(targets, tag, "log server declared in proxy section '"+section.Name+"'")
	b.loggers[section] = l
	return l
}

func (b *builder) buildFrontend(section *config.Proxy) *entrance {
	e := &entrance{section: section, logger: b.sectionLogger(section)}
	c := frontend.Config{
		Proxy: b.identities[section],
		Timeouts: frontend.Timeouts{
			Client: section.Timeouts.Client, Fin: section.Timeouts.ClientFin, HTTPRequest: section.Timeouts.HTTPRequest, HTTPKeepAlive: section.Timeouts.HTTPKeepAlive,
		},
		MaxConn:              maxConnections(&b.config.Global, section),
		Connection:           server.ConnectionMode(section.Connection),
		IgnoreProbes:         section.HTTPIgnoreProbes,
		KeepIdle:             section.IdleCloseOnResponse,
		AcceptInvalidRequest: section.AcceptInvalidHTTPRequest,
		NoLinger:             section.NoLinger,
		HeaderCase:           b.headerCase(section.H1CaseAdjustBogusClient),
		Errors:               b.options.Errors,
		Paces:                b.paces,
		OriginalDestination:  b.originalDestination(),
	}
	c.Paces.Own = frontend.NewPace(section.SessionRate)
	rules := b.rulesOf(section)
	c.ConnectionRules, c.SessionRules, c.ContentRules = rules.connection, rules.session, rules.content
	c.InspectDelay, c.BufferRequest = section.InspectDelay, section.HTTPBufferRequest
	c.RequestRules = inSequence(captureRequest(rules.captures), monitor(section.MonitorURI, rules.monitorFails, b.answerError(section), rules.request))
	c.ReceiveRules = captureResponse(rules.captures)
	b.identities[section].UniqueID = b.uniqueID(section)
	c.ForwardRules = b.forwardRules(section)
	c.ResponseRules, c.AfterResponseRules = rules.response, rules.afterResponse
	c.ChooseBackend = b.chooseBackend(section, rules)
	c.ErrorReply = b.errorReply(section)
	if t := b.options.Telemetry; t != nil {
		c.Trace = t.Begin
	}
	c.Log = b.logging(section, e.logger)
	c.LogASAP = section.LogASAP
	c.Filters = b.filtersOf(section)
	c.LogRefused = b.logRefused(section, e.logger)
	e.Frontend = frontend.New(c)
	e.maxconn = section.Maxconn
	e.Proxy.FrontendCounters.State = e.state
	e.bindings = b.buildBindings(section)
	return e
}
