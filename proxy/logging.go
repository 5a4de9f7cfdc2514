package proxy

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"sync"

	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/counter"
	"tidelock/proxy/log"
)

// logTargets opens each target of a configuration once, however many sections log to it.
type logTargets struct {
	config  *config.Configuration
	diags   *syntax.Diagnostics
	process *counter.Process
	open    map[config.Log]*log.Target
	sinks   *log.Sinks
	host    string
	longest int // of the lines of all targets; HAProxy forms messages in a buffer of that size, as C strings

	implicit int // rings that log lines made

	forwarding []<-chan struct{} // each closed when it has ended
	context    context.Context
	stop       context.CancelFunc
}

func newLogTargets(cfg *config.Configuration, process *counter.Process, diags *syntax.Diagnostics) *logTargets {
	t := &logTargets{config: cfg, diags: diags, process: process, open: map[config.Log]*log.Target{}, sinks: log.NewSinks()}
	t.context, t.stop = context.WithCancel(context.Background())
	if name := cfg.Global.SendHostname; name != nil {
		if t.host = *name; t.host == "" {
			t.host, _ = os.Hostname()
		}
	}
	t.measure(cfg.Global.Logs)
	for _, section := range cfg.Proxies {
		t.measure(section.Logs)
	}
	for i := range cfg.Rings {
		t.openRing(&cfg.Rings[i])
	}
	return t
}

func (t *logTargets) measure(logs []config.Log) {
	for _, l := range logs {
		t.longest = max(t.longest, l.Length)
	}
}

// openRing makes a ring and starts what forwards it.
func (t *logTargets) openRing(section *config.Ring) {
	ring := log.NewRing(section.Size)
	if file := section.BackingFile; file != (config.BackingFile{}) {
		if err := ring.Back(file.Path); err != nil {
			t.diags.Alertf(file.At, "cannot open backing-file '%s' for ring '%s': %s.", file.Path, section.Name, systemReason(err))
		}
	}
	t.sinks.Add(&log.Sink{
		Name: section.Name, Description: section.Description, Ring: ring, Format: log.Format(section.Format), Length: section.MaxLength,
	})
	for _, s := range section.Servers {
		f := log.Forwarding{
			OctetCount: s.OctetCount, ConnectTimeout: section.Timeouts.Connect, WriteTimeout: section.Timeouts.Server,
		}
		f.Network, f.Address = logAddress(s.Address, "tcp", "unix")
		t.forward(ring, f)
	}
}

func (t *logTargets) forward(ring *log.Ring, f log.Forwarding) {
	t.forwarding = append(t.forwarding, ring.Forward(t.context, f))
}

// close sends what can be sent at once and ends all targets.
func (t *logTargets) close() {
	for _, target := range t.open {
		target.Close()
	}
	t.stop()
	for _, ended := range t.forwarding {
		<-ended
	}
	for _, sink := range t.sinks.All() {
		if sink.Ring != nil {
			sink.Ring.Close()
		}
	}
}

// sink returns what takes events under a name, or nil.
func (t *logTargets) sink(name string) io.Writer {
	if s := t.sinks.Find(name); s != nil {
		return s
	}
	return nil
}

// logger returns what logs to the targets of a section, or of the global one.
func (t *logTargets) logger(targets []config.Log, tag, section string) *log.Logger {
	l := &log.Logger{Tag: tag}
	for _, target := range targets {
		if t.open[target] == nil {
			settings, ok := t.settings(target, section)
			if !ok {
				continue
			}
			t.open[target] = log.Open(settings)
		}
		l.Targets = append(l.Targets, t.open[target])
	}
	return l
}

// implicitRing is the memory of a target that is connected to.
const implicitRing = 16384

func (t *logTargets) settings(target config.Log, section string) (log.Settings, bool) {
	s := log.Settings{
		Format: log.Format(target.Format), Length: target.Length, MessageLength: t.longest - 1, Facility: target.Facility,
		Level: log.Level(target.Level), MinLevel: log.Level(target.MinLevel), Host: t.host, Lost: &t.process.DroppedLogs,
	}
	if target.Sample != nil {
		s.SampleSize = target.Sample.Size
		for _, r := range target.Sample.Ranges {
			s.Sample = append(s.Sample, log.Range(r))
		}
	}
	switch target.Output {
	case config.LogDescriptor:
		s.Writer = log.Descriptor(target.Address.FD)
	case config.LogRing:
		sink := t.sinks.Find(target.Ring)
		if sink == nil || sink.Ring == nil {
			t.diags.Alertf(syntax.Position{}, "%s in file '%s' at line %d uses unknown ring named '%s'.",
				section, target.At.File, target.At.Line, target.Ring)
			return s, false
		}
		s.Ring, s.Format = sink.Ring, sink.Format
		s.Length = min(s.Length, sink.Length)
	case config.LogStream:
		s.Ring = log.NewRing(implicitRing)
		t.implicit++
		t.sinks.Add(&log.Sink{Name: fmt.Sprintf("ring#%d", t.implicit), Ring: s.Ring,
			Description: fmt.Sprintf("created from logserver declared into '%s' at line %d", target.At.File, target.At.Line)})
		var f log.Forwarding
		f.Network, f.Address = logAddress(target.Address, "tcp", "unix")
		t.forward(s.Ring, f)
	default:
		s.Network, s.Address = logAddress(target.Address, "udp", "unixgram")
	}
	if s.Format == "" && t.host != "" {
		s.Format = log.RFC3164
	}
	return s, true
}

// logAddress returns an address in the terms of package net.
func logAddress(a config.Address, network, unix string) (string, string) {
	if a.Network == "unix" {
		return unix, a.Path
	}
	return network, net.JoinHostPort(cmp.Or(a.Host, "127.0.0.1"), strconv.Itoa(a.Port))
}

// logf logs a message of the proxy itself.
func logf(l *log.Logger, level log.Level, format string, arguments ...any) {
	if l.Enabled(level) {
		l.Log(level, fmt.Appendf(nil, format, arguments...))
	}
}

var logLines = sync.Pool{New: func() any { return new([]byte) }}
