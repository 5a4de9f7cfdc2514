// Package log sends log lines to syslog servers over UDP and unix sockets and to the standard outputs, and keeps them in
// rings, from which they can go to servers over connections (manual, sections 3.9 and 4.2, "log"). A target has a bounded
// queue and a goroutine of its own: a slow or dead one never makes traffic wait, but loses lines, which are counted. It
// imports nothing of ours.
package log

import (
	"bytes"
	"fmt"
	"slices"
)

// Level is the severity of a line (RFC 5424, section 6.2.1). Smaller is more severe.
type Level uint8

const (
	Emergency Level = iota
	Alert
	Critical
	Error
	Warning
	Notice
	Info
	Debug
)

// Logger sends lines to several targets under one tag. A nil Logger discards them.
type Logger struct {
	Targets []*Target
	Tag     string
}

// Log sends a line, which must not end with a line feed. It never blocks and does not keep the line.
func (l *Logger) Log(level Level, line []byte) { l.LogData(level, nil, line) }

// LogData is Log with structured data for the targets whose format has such: one or more elements in brackets (RFC 5424,
// section 6.3).
func (l *Logger) LogData(level Level, data, line []byte) {
	if l == nil || len(l.Targets) == 0 {
		return
	}
	data, line = printable(data), printable(line)
	for _, t := range l.Targets {
		t.send(level, l.Tag, data, line)
	}
}

// Structured reports whether any target's format has structured data.
func (l *Logger) Structured() bool {
	return l != nil && slices.ContainsFunc(l.Targets, func(t *Target) bool { return t.settings.Format == RFC5424 })
}

// Enabled reports whether any target takes lines of the level, so that nobody formats a line for nothing.
func (l *Logger) Enabled(level Level) bool {
	if l == nil {
		return false
	}
	for _, t := range l.Targets {
		if level <= t.settings.Level {
			return true
		}
	}
	return false
}

// printable returns line with control characters written as #XX, as HAProxy does: whoever chooses part of a line must
// not be able to start another.
func printable(line []byte) []byte {
	isControl := func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }
	if bytes.IndexFunc(line, isControl) < 0 {
		return line
	}
	safe := make([]byte, 0, len(line)+16)
	for _, c := range line {
		if isControl(rune(c)) {
			safe = fmt.Appendf(safe, "#%02X", c)
			continue
		}
		safe = append(safe, c)
	}
	return safe
}
