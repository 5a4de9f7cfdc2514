package config

import (
	"slices"
	"tidelock/proxy/variable"
	"time"
)

// globalKeywords is the registry of the global section. Above each parse function stands the syntax of its keyword.
// setenv and its like are not here: they act while the text is read (package syntax).
var globalKeywords = append([]keyword{
	{"daemon", inGlobal, globalFlag(func(g *Global) *bool { return &g.Daemon }), Supported},
	{"master-worker", inGlobal, parseMasterWorker, Supported},
	{"quiet", inGlobal, globalFlag(func(g *Global) *bool { return &g.Quiet }), Supported},
	{"zero-warning", inGlobal, globalFlag(func(g *Global) *bool { return &g.ZeroWarning }), Supported},
	{"maxconn", inGlobal, parseGlobalMaxconn, Supported},
	{"nbthread", inGlobal, parseThreads, Supported},
	{"chroot", inGlobal, text(func(g *Global) *string { return &g.Chroot }, "'chroot' expects a directory as an argument."), Supported},
	{"user", inGlobal, parseUser, Supported},
	{"group", inGlobal, parseGroup, Supported},
	{"uid", inGlobal, identity(func(g *Global) *int { return &g.UID }, "user", "user"), Supported},
	{"gid", inGlobal, identity(func(g *Global) *int { return &g.GID }, "group", "group"), Supported},
	{"pidfile", inGlobal, text(func(g *Global) *string { return &g.Pidfile }, "'pidfile' expects a file name as an argument."), Supported},
	{"default-path", inGlobal, parseDefaultPath, Supported},
	{"hard-stop-after", inGlobal, parseHardStopAfter, Supported},
	{"log", inGlobal, parseGlobalLog, Supported},
	{"log-tag", inGlobal, text(func(g *Global) *string { return &g.LogTag }, "'log-tag' expects a tag for use in syslog."), Supported},
	{"log-send-hostname", inGlobal, parseSendHostname, Supported},

	{"lua-load", inGlobal, parseLuaLoad, Supported},
	{"lua-load-per-thread", inGlobal, parseLuaLoad, Supported},
	{"lua-prepend-path", inGlobal, parseLuaPrependPath, Supported},
	{"tune.lua.forced-yield", inGlobal, parseForcedYield, Supported},
	{"tune.lua.maxmem", inGlobal, luaMebibytes(func(s *Scripts) *uint64 { return &s.MaxMemory }), Supported},
	{"tune.lua.session-timeout", inGlobal, luaTimeout(func(s *Scripts) *time.Duration { return &s.SessionTimeout }), Supported},
	{"tune.lua.service-timeout", inGlobal, luaTimeout(func(s *Scripts) *time.Duration { return &s.ServiceTimeout }), Supported},
	{"tune.lua.task-timeout", inGlobal, luaTimeout(func(s *Scripts) *time.Duration { return &s.TaskTimeout }), Supported},
	{"tune.lua.isolation", inGlobal, parseIsolation, Supported},
	{"tune.lua.load-timeout", inGlobal, luaTimeout(func(s *Scripts) *time.Duration { return &s.LoadTimeout }), Supported},
	{"tune.lua.instance-memory", inGlobal, luaMebibytes(func(s *Scripts) *uint64 { return &s.InstanceMemory }), Supported},

	{"expose-experimental-directives", inGlobal, parseExperimental, Supported},
	{"h1-case-adjust", inGlobal, parseHeaderCase, Supported},
	{"h1-case-adjust-file", inGlobal, parseHeaderCaseFile, Supported},
	{"tune.bufsize", inGlobal, parseBufferSize, Supported},
	{"tune.http.maxhdr", inGlobal, parseMaxHeaders, Supported},
	{"tune.maxrewrite", inGlobal, parseMaxRewrite, Supported},
	{"tune.vars.reqres-max-size", inGlobal, variableLimit(func(l *variable.Limits) *int { return &l.Message }), Supported},
	{"tune.vars.sess-max-size", inGlobal, variableLimit(func(l *variable.Limits) *int { return &l.Session }), Supported},
	{"tune.vars.txn-max-size", inGlobal, variableLimit(func(l *variable.Limits) *int { return &l.Transaction }), Supported},
	{"set-var", inGlobal, parseGlobalVariable, Supported},
	{"set-var-fmt", inGlobal, parseGlobalVariable, Supported},
	{"stats", inGlobal, parseGlobalStats, Supported},
	{"noreuseport", inGlobal, parseNoReusePort, Supported},
	{"unix-bind", inGlobal, parseUnixBind, Supported},
}, slices.Concat(
	tlsGlobalKeywords,
	httpClientKeywords,
	// These steer mechanisms that this program does not have or does not need told about.
	rows(inGlobal, NoEffect, "busy-polling", "description", "insecure-fork-wanted", "insecure-setuid-wanted", "issuers-chain-path",
		"localpeer", "max-spread-checks", "maxpipes", "maxsslconn", "mworker-max-reloads", "no-memory-trimming", "noepoll",
		"noevports", "nogetaddrinfo", "node", "nokqueue", "nopoll", "nosplice", "numa-cpu-mapping", "profiling.tasks",
		"set-dumpable", "spread-checks", "ssl-dh-param-file", "strict-limits", "ulimit-n", "tune.buffers.limit", "tune.buffers.reserve",
		"tune.fd.edge-triggered", "tune.idle-pool.shared", "tune.idletimer", "tune.maxaccept", "tune.maxpollevents",
		"tune.pattern.cache-size", "tune.pipesize", "tune.pool-high-fd-ratio", "tune.pool-low-fd-ratio", "tune.recv_enough",
		"tune.runqueue-depth", "tune.sched.low-latency", "tune.ssl.cachesize", "tune.ssl.default-dh-param"),
	rows(inGlobal, NoEffect, "cluster-secret", "tune.peers.max-updates-at-once", "tune.quic.frontend.conn-tx-buffers.limit",
		"tune.quic.frontend.max-idle-timeout", "tune.quic.frontend.max-streams-bidi", "tune.quic.retry-threshold",
		"tune.ssl.force-private-cache", "tune.ssl.hard-maxrecord", "tune.ssl.lifetime", "tune.ssl.maxrecord", "tune.ssl.ssl-ctx-cache-size",
		"tune.zlib.memlevel", "tune.zlib.windowsize"),
	rows(inGlobal, Ignored, "cpu-map", "fd-hard-limit", "grace", "server-state-base", "server-state-file",
		"tune.http.cookielen", "tune.http.logurilen", "tune.rcvbuf.client", "tune.rcvbuf.server", "tune.sndbuf.client",
		"tune.sndbuf.server"),
	rows(inGlobal, Refused, "51degrees-cache-size", "51degrees-data-file", "51degrees-property-name-list", "51degrees-property-separator",
		"deviceatlas-json-file", "deviceatlas-log-level", "deviceatlas-properties-cookie", "deviceatlas-separator", "ssl-propquery",
		"ssl-provider", "ssl-provider-path", "tune.fail-alloc", "tune.ssl.capture-buffer-size", "tune.ssl.capture-cipherlist-size",
		"tune.ssl.keylog", "wurfl-cache-size", "wurfl-data-file", "wurfl-information-list", "wurfl-information-list-separator"),
	rows(inGlobal, Refused, "external-check", "h1-accept-payload-with-any-method",
		"h2-workaround-bogus-websocket-clients", "maxcompcpuusage", "maxcomprate",
		"maxconnrate", "maxsessrate", "maxsslrate", "maxzlibmem", "nbproc", "pp2-never-send-local",
		"ssl-engine", "ssl-mode-async", "ssl-skip-self-issued-ca", "tune.comp.maxlevel", "tune.h2.header-table-size",
		"tune.h2.initial-window-size", "tune.h2.max-concurrent-streams", "tune.vars.global-max-size", "tune.vars.proc-max-size"),
)...)
