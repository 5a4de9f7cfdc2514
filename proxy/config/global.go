package config

import (
	"os/user"
	"strconv"
	"time"

	"tidelock/proxy/config/syntax"
	"tidelock/proxy/variable"
)

// Global is what concerns the process as a whole (manual, section 3), without its scripts.
type Global struct {
	Node                 string // empty for the name of the machine
	Description          string
	Maxconn              int    // client connections at a time, 0 is unlimited
	Threads              int    // nbthread: processors to use, 0 is all
	StateFile, StateBase string // of servers' states, server-state-file and server-state-base

	AnyPayload     bool // h1-accept-payload-with-any-method
	ExternalCheck  bool // servers may be checked by programs
	InsecureFork   bool // programs may be started
	Daemon         bool // go to the background once everything listens
	MasterWorker   bool // one process serves, another watches over it
	Quiet          bool // nothing is written to the standard error but what prevents the start
	ZeroWarning    bool // warnings prevent the start
	Chroot         string
	UID, GID       int // to run as once the listeners are open, -1 keeps the process's own
	Pidfile        string
	HardStopAfter  time.Duration // the longest a soft stop may take, 0 is unlimited
	Experimental   bool          // expose-experimental-directives: allows what the manual calls experimental
	Variables      []GlobalVariable
	Logs           []Log
	LogTag         string
	Stats          Stats
	UnixBind       UnixBind
	HTTPClient     HTTPClient
	NeverSendLocal bool // pp2-never-send-local: checks say PROXY where LOCAL would be right
	NoReusePort    bool // a port that is listened on cannot be bound by another process
	GlobalTLS
	Process
	Tuning
	BufferSize int // tune.bufsize, 0 for the default like those below
	MaxRewrite int // tune.maxrewrite
	// VariableLimits are tune.vars.global-max-size, proc-max-size, sess-max-size, txn-max-size and reqres-max-size.
	LoggedLine     int // tune.http.logurilen in bytes, 0 for the default
	LongestCookie  int // tune.http.cookielen in bytes, 0 for the default
	VariableLimits variable.Limits
	// CompressionRate is maxcomprate in bytes, CompressionLoad maxcompcpuusage, CompressionLevel tune.comp.maxlevel.
	CompressionRate, CompressionLoad, CompressionLevel int

	MaxHeaders   int               // tune.http.maxhdr
	HeaderCase   map[string]string // h1-case-adjust: header names in lower case to how bogus peers want them
	SendHostname *string           // log-send-hostname: what log lines give as host, "" is the system's name; nil sends none
}

func defaultGlobal() Global {
	return Global{UID: -1, GID: -1, LogTag: "haproxy", Stats: defaultStats(), CompressionLoad: 100, CompressionLevel: 1}
}

// globalFlag makes the parser of a keyword without arguments, which "no" may stand before where the syntax allows it.
func globalFlag(field func(*Global) *bool) parseFunc {
	return func(p *parser, s syntax.Statement) {
		if !p.tooMany(s, 0) {
			*field(&p.Global) = s.Negation == ""
		}
	}
}

// master-worker [no-exit-on-failure]
func parseMasterWorker(p *parser, s syntax.Statement) {
	switch s.Argument(0) {
	case "":
		p.Global.MasterWorker = true
	case "no-exit-on-failure":
		p.failf(s, "'master-worker no-exit-on-failure' is not supported: without a worker nobody serves.")
	default:
		p.failf(s, "'master-worker' only supports 'no-exit-on-failure' option.")
	}
}

// expose-experimental-directives
func parseExperimental(p *parser, s syntax.Statement) {
	if !p.tooMany(s, 0) {
		p.Global.Experimental = true
	}
}

// noreuseport
func parseNoReusePort(p *parser, s syntax.Statement) {
	if !p.tooMany(s, 0) {
		p.Global.NoReusePort = true
	}
}

// maxconn <number>
func parseGlobalMaxconn(p *parser, s syntax.Statement) {
	switch n, _ := decimal(s.Argument(0)); {
	case p.tooMany(s, 1):
	case s.Argument(0) == "":
		p.failf(s, "'maxconn' expects an integer argument.")
	default:
		p.Global.Maxconn = n // as in HAProxy, what is no number counts as 0: unlimited
	}
}

// nbthread <number>
func parseThreads(p *parser, s syntax.Statement) {
	const most = 4096
	switch n, ok := decimal(s.Argument(0)); {
	case p.tooMany(s, 1):
	case !ok:
		p.failf(s, "'nbthread' passed a missing or unparsable integer value in '%s'", s.Argument(0))
	case n < 1 || n > most:
		p.failf(s, "'nbthread' value must be between 1 and %d (was %d)", most, n)
	default:
		p.Global.Threads = n
	}
}

// text makes the parser of a keyword with one argument; missing is the error without it.
func text(field func(*Global) *string, missing string) parseFunc {
	return func(p *parser, s syntax.Statement) {
		switch {
		case s.Argument(0) == "":
			p.failf(s, "%s", missing)
		case !p.tooMany(s, 1):
			*field(&p.Global) = s.Argument(0)
		}
	}
}

// user <name>
func parseUser(p *parser, s syntax.Statement) {
	found, err := user.Lookup(s.Argument(0))
	if err != nil {
		p.failf(s, "cannot find user id for '%s'", s.Argument(0))
		return
	}
	p.Global.UID, _ = decimal(found.Uid)
}

// group <name>
func parseGroup(p *parser, s syntax.Statement) {
	found, err := user.LookupGroup(s.Argument(0))
	if err != nil {
		p.failf(s, "cannot find group id for '%s'", s.Argument(0))
		return
	}
	p.Global.GID, _ = decimal(found.Gid)
}

// identity makes the parser of: uid <number>, gid <number>
func identity(field func(*Global) *int, byName, what string) parseFunc {
	return func(p *parser, s syntax.Statement) {
		n, err := strconv.ParseUint(s.Argument(0), 10, 31)
		if err != nil {
			p.warnf(s, "%s: string '%s' is not a number.\n   | You might want to use the '%s' parameter to use a system %s name.",
				s.Keyword(), s.Argument(0), byName, what)
			return
		}
		*field(&p.Global) = int(n)
	}
}

// <keyword> <time>
func globalTime(field func(*Global) *time.Duration) parseFunc {
	return func(p *parser, s syntax.Statement) {
		if s.Argument(0) == "" {
			p.failf(s, "'%s' expects <time> as argument.", s.Keyword())
			return
		}
		if d, ok := p.argumentTime(s, s.Argument(0), s.Keyword()); ok {
			*field(&p.Global) = d
		}
	}
}

// log-send-hostname [<name>]
func parseSendHostname(p *parser, s syntax.Statement) {
	if !p.tooMany(s, 1) {
		name := s.Argument(0)
		p.Global.SendHostname = &name
	}
}

// log <address> [len <length>] [format <format>] <facility> [<level> [<minlevel>]]
func parseGlobalLog(p *parser, s syntax.Statement) {
	if s.Negation != "" {
		p.Global.Logs = nil
		return
	}
	if s.Argument(0) == "global" {
		p.failf(s, "log : 'global' is not supported for a global syslog server")
		return
	}
	if target, ok := p.log(s, "expects <address> and <facility>  as arguments"); ok {
		p.Global.Logs = append(p.Global.Logs, target)
	}
}
