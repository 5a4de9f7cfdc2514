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
	Address  Address    // of a syslog server, or the descriptor
	Ring     string     // the name of a ring section
	Format   LogFormat  // empty when none was given
	Sample   *LogSample // nil for all lines
	Length   int        // longest line in bytes
	Facility int        // RFC 5424, section 6.2.1
	Level    int        // the least severe level that is sent, 0 (emerg) to 7 (debug)
	MinLevel int        // more severe lines are sent as this level
	At       syntax.Position
}

// LogOutput says what kind of target it is.
type LogOutput string

const (
	LogDatagram   LogOutput = "datagram"   // Address says where
	LogStream     LogOutput = "stream"     // Address says where
	LogDescriptor LogOutput = "descriptor" // Address.FD
	LogRing       LogOutput = "ring"
)

// LogSample says which lines of each Size a target takes: those whose number, from 1, is in a range.
type LogSample struct {
	Ranges []LogRange // in order, apart from each other
	Size   int
}

// LogRange is a range of lines, both ends included.
type LogRange struct{ Low, High int }

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
	target.At = s.At()
	for words = words[1:]; len(words) > 0 && slices.Contains([]string{"len", "format", "sample"}, words[0]); words = words[2:] {
		if len(words) == 1 {
			words = append(words, "")
		}
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
			if target.Sample, err = parseLogSample(words[1]); err != nil {
				return fail("%s", err)
			}
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
				return fail("unknown optional %slog level '%s'", strings.Repeat("minimum ", i), words[i+1])
			}
		}
	}
	if len(words) > 3 {
		return fail("cannot handle unexpected argument '%s'", words[3])
	}
	return target, true
}

// logStreams are the prefixes of addresses that are connected to; all others take datagrams.
var logStreams = []string{"tcp@", "tcp4@", "tcp6@", "uxst@"}

// logTarget reads the address of a target.
func logTarget(text string) (Log, error) {
	target := Log{Output: LogDatagram, Length: 1024, Level: len(LogLevels) - 1}
	switch text {
	case "stdout":
		text = "fd@1"
	case "stderr":
		text = "fd@2"
	}
	if ring, ok := strings.CutPrefix(text, "ring@"); ok {
		target.Output, target.Ring = LogRing, ring
		return target, nil
	}
	if slices.ContainsFunc(logStreams, func(prefix string) bool { return strings.HasPrefix(text, prefix) }) {
		target.Output = LogStream
	}
	addresses, err := parseAddress(strings.TrimPrefix(text, "udp@"), portPolicy{})
	if err != nil {
		return target, err
	}
	target.Address = addresses[0]
	switch {
	case target.Address.Network == "fd":
		target.Output = LogDescriptor
	case target.Address.Network != "unix" && target.Address.Port == 0:
		target.Address.Port = 514
	}
	return target, nil
}

// parseLogSample reads <low>[-<high>][,...]:<size>.
func parseLogSample(text string) (*LogSample, error) {
	ranges, size, ok := strings.Cut(text, ":")
	switch {
	case !ok:
		return nil, fmt.Errorf("Missing sample size")
	case ranges == "":
		return nil, fmt.Errorf("no sampling ranges given")
	}
	sample := &LogSample{}
	for rest := ranges; rest != ""; {
		var word string
		word, rest, _ = strings.Cut(rest, ",")
		low, high, isRange := strings.Cut(word, "-")
		if !isRange {
			high = low
		}
		r := LogRange{}
		var lowOk, highOk bool
		r.Low, lowOk = decimal(low)
		r.High, highOk = decimal(high)
		if !lowOk || !highOk || r.Low < 1 || r.High < r.Low {
			return nil, fmt.Errorf("wrong sample range '%s'", word)
		}
		sample.Ranges = append(sample.Ranges, r)
	}
	slices.SortFunc(sample.Ranges, func(a, b LogRange) int { return a.Low - b.Low })
	for i := 1; i < len(sample.Ranges); i++ {
		if sample.Ranges[i].Low <= sample.Ranges[i-1].High {
			return nil, fmt.Errorf("ranges are overlapping")
		}
	}
	if sample.Size, ok = decimal(size); !ok || sample.Size < 1 {
		return nil, fmt.Errorf("wrong sample size '%s' for sample range '%s'", size, ranges)
	}
	if most := sample.Ranges[len(sample.Ranges)-1].High; sample.Size < most {
		return nil, fmt.Errorf("sample size %d should be greater or equal to %d the maximum of the high ranges limits", sample.Size, most)
	}
	return sample, nil
}

// log global | log <address> [len <length>] [format <format>] <facility> [<level> [<minlevel>]] | no log
func parseProxyLog(p *parser, s syntax.Statement) {
	switch {
	case s.Negation != "" && len(s.Words) > 1:
		p.failf(s, "log : 'no log' does not expect arguments")
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
