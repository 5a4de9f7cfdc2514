package proxy

import (
	"fmt"

	"tidelock/proxy/config"
	"tidelock/proxy/counter"
	"tidelock/proxy/log"
	"tidelock/proxy/server"
)

// inMaintenance are the ways in which a server can be in maintenance.
const inMaintenance = server.Maintenance | server.ConfiguredMaintenance | server.InheritedMaintenance

// DumpServers logs the state of all proxies and their servers, each in the logs of its proxy, and says so on the console.
func (p *Proxy) DumpServers() {
	warn(p.options.Console, "SIGHUP received, dumping servers states.")
	for _, section := range p.config.Proxies {
		if !section.Disabled {
			p.dump(section)
		}
	}
}

func (p *Proxy) dump(section *config.Proxy) {
	logger := p.loggers[section]
	say := func(format string, arguments ...any) {
		text := fmt.Sprintf("SIGHUP: "+format, arguments...)
		logf(logger, log.Notice, "%s", text)
		warn(p.options.Console, text)
	}
	logf(logger, log.Notice, "SIGHUP received, dumping servers states for proxy %s.", section.Name)
	var front, back counter.Row
	frontRow, backRow := &front, &back
	active, backup, configured, pending, unassigned := 0, 0, 0, int64(0), int64(0)
	if b := p.backends[section.Name]; b != nil && section.Kind.HasBackend() {
		backRow = b.Proxy.BackendCounters
		unassigned = backRow.Queue.Now()
		for _, s := range b.Servers() {
			configured++
			pending += s.Counters.Queue.Now()
			word := "DOWN"
			if state := s.State(); state.Operation != server.Stopped && state.Admin&inMaintenance == 0 {
				word = "UP"
			}
			switch {
			case s.Usable() && s.Backup:
				backup++
			case s.Usable():
				active++
			}
			say("Server %s/%s is %s. Conn: %d act, %d pend, %d tot.", section.Name, s.Name, word,
				s.Counters.Current(), s.Counters.Queue.Now(), s.Counters.Value(counter.Sessions))
		}
	}
	for _, e := range p.frontends {
		if e.section == section {
			frontRow = e.Proxy.FrontendCounters
		}
	}
	say("Proxy %s %s Conn: act(FE+BE): %d+%d, %d pend (%d unass), tot(FE+BE): %d+%d.", section.Name, availability(configured, active, backup),
		frontRow.Current(), backRow.Current(), pending+unassigned, unassigned, frontRow.Value(counter.Connections), backRow.Value(counter.Sessions))
}

// availability says what a proxy has to serve with.
func availability(configured, active, backup int) string {
	switch {
	case configured == 0:
		return "has no servers."
	case active > 0:
		return fmt.Sprintf("has %d active servers and %d backup servers available.", active, backup)
	case backup > 0:
		return "is running on backup servers !"
	}
	return "has no server available !"
}
