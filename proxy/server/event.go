package server

import (
	"fmt"
	"strings"

	"go.opentelemetry.io/otel/trace"

	"tidelock/proxy/log"
)

// Event is something that happened to a server, in HAProxy's words.
type Event struct {
	Level   log.Level
	Text    string // for logs
	Console string // for the standard error, where it differs
	// Span is that of the check which brought it about; not valid where nothing or something else did.
	Span trace.SpanContext
}

// report hands an event to whoever listens.
func (b *Backend) report(e Event) {
	if e.Console == "" {
		e.Console = e.Text
	}
	if b.Report != nil {
		b.Report(e)
	}
}

// tell describes a change of the server's state. The backend's mu is held.
func (s *Server) tell(before *State, why string, requeued int) []Event {
	st := &s.state
	name := s.Title()
	via := ""
	if strings.HasPrefix(why, "via ") {
		via, why = " "+why, ""
	}
	if why != "" {
		why = ", " + why
	}
	var events []Event
	add := func(level log.Level, format string, arguments ...any) {
		events = append(events, Event{Level: level, Text: fmt.Sprintf(format, arguments...)})
	}
	was, is := before.Admin, st.Admin
	switch {
	case was&inMaintenance == 0 && is&inMaintenance != 0:
		switch {
		case before.Operation == Stopped:
			add(log.Notice, "%s was DOWN and now enters maintenance%s.", name, via)
		case is&Unresolved != 0:
			add(log.Warning, "%s is going DOWN for maintenance (%s).%s", name, strings.TrimPrefix(why, ", "), s.left(before, requeued))
		default:
			add(log.Warning, "%s is going DOWN for maintenance%s.%s", name, via, s.left(before, requeued))
		}
	case was&inMaintenance != 0 && is&inMaintenance == 0:
		if was&Unresolved != 0 {
			add(log.Notice, "%s ('%s') is UP/READY (resolves again).", name, s.HostName())
			break
		}
		how := "leaving forced maintenance"
		if was&Maintenance == 0 {
			how = "leaving maintenance"
		}
		word := "UP"
		if !st.Up() {
			word = "DOWN"
		}
		share := "READY"
		if is&draining != 0 || st.Weight == 0 {
			share = "DRAIN"
		}
		add(log.Notice, "%s is %s/%s (%s).", name, word, share, how)
		if is&Drain != 0 {
			add(log.Notice, "%s remains in forced drain mode.", name)
		}
	case is&inMaintenance != 0 && was&^inMaintenance == is&^inMaintenance:
		if was&Maintenance != 0 && is&Maintenance == 0 {
			add(log.Notice, "%s remains in maintenance.", name)
		}
	case is&inMaintenance != 0:
	case was&draining == 0 && is&draining != 0:
		add(log.Notice, "%s enters drain state%s.%s", name, via, s.online(before, requeued))
	case was&draining != 0 && is&draining == 0:
		how := "leaving forced drain"
		word := "UP"
		if !st.Up() {
			word = "DOWN"
		}
		add(log.Notice, "%s is %s (%s).", name, word, how)
	case down(st.Operation) && !down(before.Operation):
		add(log.Alert, "%s is DOWN%s%s.%s", name, via, why, s.left(before, requeued))
	case st.Operation == Stopping && before.Operation != Stopping:
		add(log.Notice, "%s is stopping%s%s.%s", name, via, why, s.online(before, requeued))
	case !down(st.Operation):
		add(log.Notice, "%s is UP%s%s.%s", name, via, why, s.online(before, requeued))
	}
	if before.usable() && !st.usable() && len(s.backend.current().members) == 0 {
		kind, proxy := "backend", s.backend.Proxy
		if proxy.FrontendCounters != nil {
			kind = "proxy" // a listen section
		}
		events = append(events, Event{
			Level: log.Emergency, Text: kind + " " + proxy.Name + " has no server available!",
			Console: kind + " '" + proxy.Name + "' has no server available!",
		})
	}
	return events
}

// Title names the server as messages do.
func (s *Server) Title() string {
	backup := ""
	if s.Backup {
		backup = "Backup "
	}
	return backup + "Server " + s.backend.Proxy.Name + "/" + s.Name
}

// left counts the servers that remain, after one went away.
func (s *Server) left(before *State, requeued int) string {
	active, backup := s.backend.countUsable()
	return fmt.Sprintf(" %d active and %d backup servers left.%s %d sessions active, %d requeued, %d remaining in queue.",
		active, backup, s.onBackup(before, active, backup), s.load.Load(), requeued, s.queued.Load())
}

// online counts the servers that can be used, after a change.
func (s *Server) online(before *State, requeued int) string {
	active, backup := s.backend.countUsable()
	return fmt.Sprintf(" %d active and %d backup servers online.%s %d sessions requeued, %d total in queue.",
		active, backup, s.onBackup(before, active, backup), requeued, s.queued.Load())
}

func (s *Server) onBackup(before *State, active, backup int) string {
	if active == 0 && backup > 0 && before.usable() && !s.Backup {
		return " Running on backup."
	}
	return ""
}
