package proxy

import (
	"fmt"
	"io"
	"os"

	"tidelock/proxy/command"
	"tidelock/proxy/counter"
	"tidelock/proxy/frontend"
	"tidelock/proxy/log"
)

// state tells what the frontend is at the moment.
func (e *entrance) state(s *counter.State) {
	s.Status = map[frontend.Condition]string{frontend.Open: "OPEN", frontend.Paused: "PAUSED", frontend.Stopped: "STOP"}[e.Condition()]
	s.RateLimit = uint64(e.section.SessionRate)
	s.Limit = counter.Known{Value: uint64(e.Slots().Limit()), Ok: true}
}

// farewell is what is said when the frontend has stopped.
func (e *entrance) farewell() string {
	return fmt.Sprintf("Proxy %s stopped (cumulated conns: FE: %d, BE: 0).", e.section.Name, e.Proxy.FrontendCounters.Value(counter.Connections))
}

// announce tells of a change that an operator made: in the frontend's logs and on the console.
func (p *Proxy) announce(e *entrance, text string) {
	logf(e.logger, log.Warning, "%s", text)
	warn(p.options.Console, text)
}

// warn prints a warning in HAProxy's form.
func warn(console io.Writer, text string) {
	fmt.Fprintf(console, "[WARNING]  (%d) : %s\n", os.Getpid(), text)
}

// Pause has the system refuse connections to all frontends that are open, until Resume. Exchanges go on.
func (p *Proxy) Pause() {
	for _, e := range p.frontends {
		p.pause(e)
	}
}

// Resume undoes Pause.
func (p *Proxy) Resume() {
	for _, e := range p.frontends {
		p.resume(e)
	}
}

func (p *Proxy) pause(e *entrance) bool {
	done := e.Frontend.Pause()
	if done {
		p.announce(e, "Paused frontend "+e.section.Name+".")
	}
	return done
}

func (p *Proxy) resume(e *entrance) bool {
	done := e.Frontend.Resume()
	if done {
		p.announce(e, "Resumed frontend "+e.section.Name+".")
	}
	return done
}

// frontendsOf tells the commands about frontends and sessions which frontends there are. They are asked for when a command
// runs: all are built by then.
func (p *Proxy) frontendsOf() []command.Frontend {
	all := make([]command.Frontend, len(p.frontends))
	for i, e := range p.frontends {
		all[i] = command.Frontend{
			Frontend:   e.Frontend,
			Pause:      func() bool { return p.pause(e) },
			Resume:     func() bool { return p.resume(e) },
			SetMaxconn: func(limit int) { p.setFrontendMaxconn(e, limit) },
			Stop: func() bool {
				done := e.StopAccepting()
				if done {
					p.announce(e, e.farewell())
				}
				return done
			},
		}
	}
	return all
}
