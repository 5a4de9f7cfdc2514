package config

import (
	"fmt"
	"slices"
	"strings"

	"tidelock/proxy/config/syntax"
)

// Log is one target of log lines.
type Log struct {
	Output   LogOutput
	Address  Address // of a syslog server
	Format   LogFormat
	Length   int // longest line in bytes
	Facility int // RFC 5424, section 6.2.1
	Level    int // the least severe level that is sent, 0 (emerg) to 7 (debug)
	MinLevel int // more severe lines are sent as this level
}

// LogOutput says what kind of target it is.
type LogOutput string

const (
	LogSyslog LogOutput = "syslog" // Address says where
	LogStdout LogOutput = "stdout"
	LogStderr LogOutput = "stderr"
)

// LogFormat is what stands around a message (manual, section 4.2, "log").
type LogFormat string

const (
	LogRFC3164  LogFormat = "rfc3164"
	LogRFC5424  LogFormat = "rfc5424"
	LogLocal    LogFormat = "local"
	LogPriority LogFormat = "priority"
	LogShort    LogFormat = "short"
	LogTimed    LogFormat = "timed"
	LogISO      LogFormat = "iso"
	LogRaw      LogFormat = "raw"
)

var logFormats = []LogFormat{LogRFC3164, LogRFC5424, LogLocal, LogPriority, LogShort, LogTimed, LogISO, LogRaw}

// LogLevels are the names of syslog's severities, by number.
var LogLevels = []string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}

// LogFacilities are the names of syslog's facilities, by number.
var LogFacilities = []string{
	"kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "auth2", "ftp", "ntp", "audit", "alert", "cron2",
	"local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7",
}

// log reads a target. Missing is the error without arguments.
func (p *parser) log(s syntax.Statement, missing string) (Log, bool) {
	words := syntax.Texts(s.Arguments())
	fail := func(format string, arguments ...any) (Log, bool) {
		p.failf(s, "log : "+format, arguments...)
		return Log{}, false
	}
	if len(words) < 2 {
		return fail("%s", missing)
	}
	target, err := logTarget(words[0])
	if err != nil {
		return fail("%s", err)
	}
	for words = words[1:]; len(words) > 1 && slices.Contains([]string{"len", "format", "sample"}, words[0]); words = words[2:] {
		switch words[0] {
		case "len":
			var ok bool
			if target.Length, ok = decimal(words[1]); !ok || target.Length < 80 || target.Length > 65535 {
				return fail("invalid log length '%s', must be between 80 and 65535", words[1])
			}
		case "format":
			if target.Format = LogFormat(words[1]); !slices.Contains(logFormats, target.Format) {
				return fail("unknown log format '%s'", words[1])
			}
		case "sample":
			return fail("'sample' is not supported yet by this version")
		}
	}
	if len(words) == 0 {
		return fail("%s", missing)
	}
	if target.Facility = slices.Index(LogFacilities, words[0]); target.Facility < 0 {
		return fail("unknown log facility '%s'", words[0])
	}
	for i, level := range []*int{&target.Level, &target.MinLevel} {
		if len(words) > i+1 {
			if *level = slices.Index(LogLevels, words[i+1]); *level < 0 {
				return fail("unknown optional log %slevel '%s'", strings.Repeat("minimum ", i), words[i+1])
			}
		}
	}
	if len(words) > 3 {
		return fail("cannot handle unexpected argument '%s'", words[3])
	}
	return target, true
}

// logTarget reads the address of a target.
func logTarget(text string) (Log, error) {
	target := Log{Format: LogLocal, Length: 1024, Level: len(LogLevels) - 1}
	switch text {
	case "stdout", "fd@1":
		target.Output = LogStdout
		return target, nil
	case "stderr", "fd@2":
		target.Output = LogStderr
		return target, nil
	}
	if strings.HasPrefix(text, "ring@") {
		return target, fmt.Errorf("'%s' : rings are not supported yet by this version", text)
	}
	target.Output = LogSyslog
	addresses, err := parseAddress(strings.TrimPrefix(text, "udp@"), portPolicy{})
	if err != nil {
		return target, err
	}
	target.Address = addresses[0]
	switch {
	case target.Address.Network == "fd":
		return target, fmt.Errorf("'%s' : only file descriptors 1 and 2 can be logged to", text)
	case target.Address.Network != "unix" && target.Address.Port == 0:
		target.Address.Port = 514
	}
	return target, nil
}

// log global | log <address> [len <length>] [format <format>] <facility> [<level> [<minlevel>]] | no log
func parseProxyLog(p *parser, s syntax.Statement) {
	switch {
	case s.Negation != "":
		p.proxy.Logs, p.proxy.LogGlobal = nil, false
	case len(s.Words) == 2 && s.Argument(0) == "global":
		p.proxy.LogGlobal = true
	case s.Argument(0) == "global":
		p.failf(s, "log : unknown log facility '%s'", s.Argument(1))
	default:
		if target, ok := p.log(s, "expects <address> and <facility> or global as arguments"); ok {
			p.proxy.Logs = append(slices.Clip(p.proxy.Logs), target)
		}
	}
}
