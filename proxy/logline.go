package proxy

import (
	"cmp"
	"strconv"

	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/log"
	"tidelock/proxy/logformat"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// lineFormats are the formats of a frontend's log lines.
type lineFormats struct {
	line  *logformat.Format
	error *logformat.Format // of what never became an exchange; nil for line
	data  *logformat.Format // structured data; nil for none
}

// logging compiles a section's log formats, which are checked even if nothing is logged, and returns what a frontend
// calls for each exchange: nil when nobody would see the lines.
func (b *builder) logging(section *config.Proxy, logger *log.Logger) func(*stream.Stream) {
	line := section.LogFormat
	if line.Text == "" {
		line = config.Format{Text: standardFormat(section), At: section.At}
	}
	formats := lineFormats{line: b.logFormat(section, "log-format", line)}
	if section.ErrorLogFormat.Text != "" {
		formats.error = b.logFormat(section, "error-log-format", section.ErrorLogFormat)
	}
	if section.StructuredData.Text != "" {
		formats.data = b.logFormat(section, "log-format-sd", section.StructuredData)
	}
	if len(logger.Targets) == 0 {
		chosen := section.LogFormat.Text != "" || section.LogStyle != config.LogStyleDefault || section.StructuredData.Text != ""
		if chosen && !b.diags.Has(syntax.Alert) { // the address may be missing because its line is wrong
			b.diags.Warnf(syntax.Position{}, "log format ignored for %s '%s' since it has no log address.", section.Kind, section.Name)
		}
		return nil
	}
	if formats.error == nil {
		formats.error = formats.line
	}
	if !logger.Structured() {
		formats.data = nil
	}
	return logExchange(section, formats, logger)
}

func (b *builder) logFormat(section *config.Proxy, keyword string, f config.Format) *logformat.Format {
	target := logformat.Line
	if section.Mode != config.ModeHTTP {
		target = logformat.TCPLine
	}
	compiled, err := logformat.Compile(b.compiler(section, sample.Log, f.At, ""), f.Text, target)
	if err != nil {
		b.diags.Alertf(f.At, "failed to parse %s : %s", keyword, sentence(err))
	}
	return compiled
}

// logExchange returns what writes the line of an exchange.
func logExchange(section *config.Proxy, formats lineFormats, logger *log.Logger) func(*stream.Stream) {
	return func(s *stream.Stream) {
		level, ok := lineLevel(section, s)
		if !ok || !logger.Enabled(level) {
			return
		}
		c := sample.Acquire(s, sample.Log)
		defer c.Release()
		line := logLines.Get().(*[]byte)
		defer logLines.Put(line)
		format := formats.line
		if s.Request != nil && len(s.ReceivedMethod) == 0 {
			format = formats.error
		}
		*line = format.Append((*line)[:0], c)
		if formats.data == nil {
			logger.Log(level, *line)
		} else {
			n := len(*line)
			*line = formats.data.Append(*line, c)
			logger.LogData(level, (*line)[n:], (*line)[:n])
		}
		s.Frontend.LogLines.Add(1)
	}
}

// logRefused returns what writes the line of a connection whose handshake failed (manual, section 8.2.5), nil when nobody
// would see it.
func (b *builder) logRefused(section *config.Proxy, logger *log.Logger) func(*stream.Stream, string) {
	if len(logger.Targets) == 0 {
		return nil
	}
	var format *logformat.Format
	if section.ErrorLogFormat.Text != "" {
		format = b.logFormat(section, "error-log-format", section.ErrorLogFormat)
	}
	level := log.Info
	if section.LogSeparateErrors {
		level = log.Error
	}
	return func(s *stream.Stream, reason string) {
		if section.DontLogNull && s.Record.BytesIn == 0 || !logger.Enabled(level) {
			return
		}
		c := sample.Acquire(s, sample.Log)
		defer c.Release()
		line := logLines.Get().(*[]byte)
		defer logLines.Put(line)
		if format != nil {
			s.Record.Status = 0
			s.Record.Termination = stream.Termination{Cause: stream.ProxyDenied, Phase: stream.InRequest}
			*line = format.Append((*line)[:0], c)
		} else {
			*line = append(append(refusedLine.Append((*line)[:0], c), listenerName(s.Session.Listener)...), ": "...)
			*line = append(*line, reason...)
		}
		logger.Log(level, *line)
	}
}

// refusedLine is what stands before the listener's name and the reason.
var refusedLine = func() *logformat.Format {
	f, err := logformat.Compile(&sample.Compiler{Phase: sample.Log}, logformat.Refused, logformat.Line)
	if err != nil {
		panic(err)
	}
	return f
}()

func listenerName(l *stream.Listener) string { return cmp.Or(l.Name, strconv.Itoa(l.ID)) }

// lineLevel returns the level of an exchange's line, and whether it has one.
func lineLevel(section *config.Proxy, s *stream.Stream) (log.Level, bool) {
	r := &s.Record
	if section.MonitorURI != "" && isMonitor(s, section.MonitorURI) || section.DontLogNull && unused(s) {
		return 0, false
	}
	abnormal := failed(r)
	if section.DontLogNormal && !abnormal {
		return 0, false
	}
	switch level := s.Overrides.LogLevel; {
	case level == stream.Silent:
		return 0, false
	case level != stream.DefaultLevel:
		severity, _ := level.Severity()
		return log.Level(severity), true
	case abnormal && section.LogSeparateErrors:
		return log.Error, true
	}
	return log.Info, true
}

// unused reports whether a connection carried nothing.
func unused(s *stream.Stream) bool {
	if s.Request != nil {
		return len(s.ReceivedMethod) == 0 && !s.Record.Received
	}
	return s.Record.BytesIn == 0
}

// failed reports whether an exchange is one of those that "log-separate-errors" concerns: errors, timeouts, retries,
// redispatches and statuses of 500 and above.
func failed(r *stream.Record) bool {
	cause := r.Termination.Cause
	return cause != stream.Normal && cause != stream.Local || r.Status >= 500 || r.Retries > 0 || r.Redispatched
}

// standardFormat returns the log format of a section that has none of its own.
func standardFormat(section *config.Proxy) string {
	switch section.LogStyle {
	case config.LogStyleCLF:
		return logformat.CLF
	case config.LogStyleHTTP:
		return logformat.HTTP
	case config.LogStyleHTTPS:
		return logformat.HTTPS
	case config.LogStyleTCP:
		return logformat.TCP
	}
	if section.Mode == config.ModeHTTP {
		return logformat.Default
	}
	return logformat.DefaultTCP
}
