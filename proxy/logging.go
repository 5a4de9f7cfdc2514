package proxy

import (
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"sync"

	"tidelock/proxy/config"
	"tidelock/proxy/log"
	"tidelock/proxy/logformat"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// logTargets opens each target of a configuration once, however many sections log to it.
type logTargets struct {
	open map[config.Log]*log.Target
	host string
}

func newLogTargets(g *config.Global) *logTargets {
	t := &logTargets{open: map[config.Log]*log.Target{}}
	if g.SendHostname != nil {
		if t.host = *g.SendHostname; t.host == "" {
			t.host, _ = os.Hostname()
		}
	}
	return t
}

func (t *logTargets) logger(targets []config.Log, tag string) *log.Logger {
	l := &log.Logger{Tag: tag}
	for _, target := range targets {
		if t.open[target] == nil {
			t.open[target] = log.Open(t.settings(target))
		}
		l.Targets = append(l.Targets, t.open[target])
	}
	return l
}

func (t *logTargets) settings(target config.Log) log.Settings {
	s := log.Settings{
		Format: log.Format(target.Format), Length: target.Length, Facility: target.Facility,
		Level: log.Level(target.Level), MinLevel: log.Level(target.MinLevel), Host: t.host,
	}
	a := target.Address
	switch {
	case target.Output == config.LogStdout:
		s.Writer = io.Writer(os.Stdout)
	case target.Output == config.LogStderr:
		s.Writer = io.Writer(os.Stderr)
	case a.Network == "unix":
		s.Network, s.Address = "unixgram", a.Path
	default:
		s.Network, s.Address = "udp", net.JoinHostPort(a.Host, strconv.Itoa(a.Port))
	}
	return s
}

// logf logs a message of the proxy itself.
func logf(l *log.Logger, level log.Level, format string, arguments ...any) {
	if l.Enabled(level) {
		l.Log(level, fmt.Appendf(nil, format, arguments...))
	}
}

var logLines = sync.Pool{New: func() any { return new([]byte) }}

// logExchange returns what a frontend calls at the end of each exchange, nil when nobody would see the lines.
func logExchange(section *config.Proxy, format *logformat.Format, logger *log.Logger) func(*stream.Stream) {
	if !logger.Enabled(log.Info) {
		return nil
	}
	return func(s *stream.Stream) {
		r := &s.Record
		if section.MonitorURI != "" && isMonitor(s, section.MonitorURI) ||
			section.DontLogNull && r.BytesIn == 0 ||
			section.DontLogNormal && r.Termination.Cause == stream.Normal && r.Status < 500 && r.Retries == 0 {
			return
		}
		c := sample.Acquire(s, sample.Log)
		line := logLines.Get().(*[]byte)
		*line = format.Append((*line)[:0], c)
		logger.Log(log.Info, *line)
		logLines.Put(line)
		c.Release()
	}
}

// logRefused returns what a frontend calls when a connection's handshake failed, nil when nobody would see the lines.
func logRefused(section *config.Proxy, logger *log.Logger) func(*stream.Stream, string) {
	if !logger.Enabled(log.Info) {
		return nil
	}
	return func(s *stream.Stream, reason string) {
		if section.DontLogNull && s.Record.BytesIn == 0 {
			return
		}
		listener := s.Session.Listener
		name := listener.Name
		if name == "" {
			name = strconv.Itoa(listener.ID)
		}
		client := "unix"
		if a := s.Client.Source; a.IsValid() {
			client = a.Addr().Unmap().WithZone("").String()
		}
		logf(logger, log.Info, "%s:%d [%s] %s/%s: %s",
			client, s.Client.Source.Port(), s.Session.Accepted.Format("02/Jan/2006:15:04:05.000"), section.Name, name, reason)
	}
}

// standardFormat returns the log format of a section that has none of its own.
func standardFormat(section *config.Proxy) string {
	switch {
	case section.CLFLog:
		return logformat.CLF
	case section.HTTPLog:
		return logformat.HTTP
	case section.TCPLog:
		return logformat.TCP
	case section.Mode == config.ModeHTTP:
		return logformat.Default
	}
	return logformat.DefaultTCP
}
