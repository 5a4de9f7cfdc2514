package server

import (
	"fmt"
	"time"

	"go.opentelemetry.io/otel/trace"

	"tidelock/proxy/counter"
)

// Admin is what an administrator, or the configuration, wants of a server.
type Admin uint8

const (
	Maintenance          Admin = 1 << iota // takes no traffic at all
	InheritedMaintenance                   // likewise, because the server that it tracks is in maintenance
	Drain                                  // takes only traffic that is bound to it
	InheritedDrain
	ConfiguredMaintenance // said "disabled", for the servers' state to be told apart from what was set later

	Unresolved // its name has no address
	Renamed    // an operator had given it another name before that had no address

	inMaintenance = Maintenance | InheritedMaintenance | Unresolved
	draining      = Drain | InheritedDrain
)

// Operation is what checks found of a server.
type Operation uint8

const (
	Stopped  Operation = iota // down
	Starting                  // up, and not yet given its full share
	Running
	Stopping // up, but takes only traffic that is bound to it
)

// State is a copy of a server's state.
type State struct {
	Admin     Admin
	Operation Operation
	Health    int // 0 is down for sure, Rise+Fall-1 up for sure; from Rise on the server is up
	Weight    int // as configured or set, 0 to 256
	Since     time.Time
	Downtime  time.Duration // before Since
	Last      Result        // of the last check
	Checks    Checks
	Agent     AgentState
}

// Checks says whether the server is checked.
type Checks struct {
	Disabled bool
	New      bool // the server has been in maintenance since it was added
	Place    CheckPlace
}

// CheckPlace is where a server is checked.
type CheckPlace struct {
	Host string // "" is the server's
	Port int    // 0 is the server's
}

// CheckPlaceNow returns where the server is checked now.
func (s *Server) CheckPlaceNow() CheckPlace { return s.State().Checks.Place }

// SetCheckPlace has the server checked elsewhere.
func (s *Server) SetCheckPlace(change func(*CheckPlace)) {
	s.backend.change(s, func(st *State) string {
		change(&st.Checks.Place)
		return ""
	})
}

// Up reports whether the server can be connected to, as far as is known.
func (s *State) Up() bool { return s.Operation != Stopped && s.Admin&inMaintenance == 0 }

// usable reports whether new traffic may go to the server.
func (s *State) usable() bool {
	return s.Up() && s.Operation != Stopping && s.Admin&draining == 0 && s.Weight > 0
}

// weightNow is the weight in sixteenths: while the server starts slowly it grows from nothing.
func (s *Server) weightNow(now time.Time) int {
	st := &s.state
	full := st.Weight * weightScale
	if st.Operation != Starting || s.SlowStart <= 0 {
		return full
	}
	elapsed := now.Sub(st.Since)
	if elapsed >= s.SlowStart || !s.backend.Dynamic() {
		return full
	}
	return max(int(int64(full)*int64(elapsed)/int64(s.SlowStart)), 1)
}

// State returns a copy of the state.
func (s *Server) State() State {
	s.backend.mu.Lock()
	defer s.backend.mu.Unlock()
	return s.state
}

// Usable reports whether new traffic may go to the server.
func (s *Server) Usable() bool { return s.published.Load()&publishedUsable != 0 }

// Reachable reports whether traffic that is bound to the server may go to it.
func (s *Server) Reachable() bool { return s.published.Load()&publishedUp != 0 }

// What of the state exchanges read, without a lock.
const (
	publishedUp     = 1 << iota // traffic bound to the server may go to it
	publishedUsable             // new traffic may
)

// SetAdmin adds and removes what is wanted of the server, for it and for those that track it.
func (s *Server) SetAdmin(add, remove Admin) {
	s.backend.change(s, func(st *State) string {
		st.Admin = st.Admin&^remove | add
		return ""
	})
}

// SetHealth sets what checks find, as if they had: Running, Stopping or Stopped. Why is the reason to be told, such as
// "changed from CLI".
func (s *Server) SetHealth(o Operation, why string) {
	s.backend.change(s, func(st *State) string {
		switch o {
		case Stopped:
			st.Health = 0
		default:
			st.Health = s.Rise + s.Fall - 1
		}
		st.Operation = s.started(st.Operation, o)
		return why
	})
}

// started returns the operation to enter: a server that was down starts slowly, where it is told to.
func (s *Server) started(before, wanted Operation) Operation {
	switch {
	case wanted == Running && before == Stopped && s.SlowStart > 0:
		return Starting
	case wanted == Running && before == Starting:
		return Starting
	}
	return wanted
}

// SetWeight sets the weight, 0 to 256.
func (s *Server) SetWeight(weight int) {
	s.backend.change(s, func(st *State) string {
		st.Weight = weight
		return ""
	})
}

// EnableChecks turns the health checks on or off.
func (s *Server) EnableChecks(on bool) {
	s.backend.change(s, func(st *State) string {
		st.Checks.Disabled = !on
		return ""
	})
	s.checkSoon()
}

// change changes a server's state, tells of it, and has exchanges see it at once. The function returns why.
func (b *Backend) change(s *Server, what func(*State) (why string)) {
	b.changeTelling(s, nil, func(st *State) (string, []Event) { return what(st), nil })
}

// changeTelling is change for a function that has something to tell itself, before the change is told. Check is what
// brought it about, nil if it was no check.
func (b *Backend) changeTelling(s *Server, check *CheckChange, what func(*State) (why string, first []Event)) {
	b.mu.Lock()
	before := s.state
	why, events := what(&s.state)
	s.entered(&before)
	b.rebuild(time.Now())
	requeued, told := s.transition(&before)
	if told {
		events = append(events, s.tell(&before, why, requeued)...)
	}
	s.announce(&before, why, requeued, check)
	b.blame(before.usable() && !s.state.usable(), check)
	followers := s.followers
	b.mu.Unlock()
	for _, e := range events {
		if check != nil {
			e.Span = check.Result.Span
		}
		b.report(e)
	}
	after := s.State()
	for _, follower := range followers {
		follower.follow(&before, &after, s)
	}
}

// blame notes what has left the backend without a server, if the server that went was the last one. mu is held.
func (b *Backend) blame(gone bool, check *CheckChange) {
	if !gone || b.current().chooser != nil {
		return
	}
	b.outage = trace.SpanContext{}
	if check != nil {
		b.outage = check.Result.Span
	}
}

// Outage returns the span of the check that took the last server which new traffic could go to. It is not valid where
// something else did.
func (b *Backend) Outage() trace.SpanContext {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.outage
}

// entered keeps the time of a change between up and down.
func (s *Server) entered(before *State) {
	now := time.Now()
	st := &s.state
	if before.Up() == st.Up() && before.Operation == st.Operation && before.Admin == st.Admin {
		return
	}
	if !before.Up() && st.Up() {
		st.Downtime += now.Sub(before.Since)
	}
	if before.Up() && !st.Up() {
		s.Counters.Add(counter.Downs, 1)
	}
	st.Since = now
	st.Checks.New = st.Checks.New && st.Admin&inMaintenance != 0
}

// transition does what a change between states brings with it. It reports how many exchanges left the server's queue, and
// whether there is something to tell.
func (s *Server) transition(before *State) (requeued int, told bool) {
	st := &s.state
	if before.Up() && !st.Up() {
		requeued = s.backend.requeue(s)
		s.pool.purgeAll()
		if s.ShutdownWhenDown {
			s.cutSessions()
		}
	}
	if !before.usable() && st.usable() {
		if s.ShutdownBackups && !s.Backup {
			for _, other := range s.backend.Servers() {
				if other.Backup {
					other.cutSessions()
				}
			}
		}
		s.backend.dispatchAll()
	}
	return requeued, before.Admin != st.Admin || down(before.Operation) != down(st.Operation) || (before.Operation == Stopping) != (st.Operation == Stopping)
}

func down(o Operation) bool { return o == Stopped }

// follow takes over a change of the server that this one tracks.
func (s *Server) follow(before, after *State, tracked *Server) {
	if before.Admin == after.Admin && before.Operation == after.Operation {
		return
	}
	s.backend.change(s, func(st *State) string {
		inherit(&st.Admin, after.Admin, inMaintenance, InheritedMaintenance)
		inherit(&st.Admin, after.Admin, draining, InheritedDrain)
		if after.Operation != before.Operation && st.Admin&inMaintenance == 0 {
			st.Operation = after.Operation
			st.Health = after.Health
		}
		return fmt.Sprintf("via %s/%s", tracked.backend.Proxy.Name, tracked.Name)
	})
}

func inherit(own *Admin, tracked, any, inherited Admin) {
	*own &^= inherited
	if tracked&any != 0 {
		*own |= inherited
	}
}
