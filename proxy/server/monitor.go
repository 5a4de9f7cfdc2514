package server

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"tidelock/proxy/counter"
	"tidelock/proxy/log"
)

// Check is how the health of a server is found out.
type Check struct {
	// Inter is the time between checks. FastInter replaces it while the state may be about to change, DownInter while the
	// server is down; 0 for neither.
	Inter, FastInter, DownInter time.Duration
	Timeout                     time.Duration // of a whole check; 0 is Inter
	// Probe does one check. It honours the context and never panics on what the server sends.
	Probe func(context.Context, *Server) Result
	// LogAll tells of each change of a result, not only of changes of the state (option log-health-checks).
	LogAll bool
	Delay  time.Duration // before the first check, so that servers are not all checked at the same moment
}

// monitor watches a server time and again in a goroutine of its own.
type monitor struct {
	cancel context.CancelFunc
	soon   chan struct{}
	done   sync.WaitGroup
}

// StartChecks begins to check the servers, and to ask their agents. It is called once, after Prepare.
func (b *Backend) StartChecks() {
	for _, watch := range b.Watches {
		m := &monitor{}
		m.start(watch)
		b.watches = append(b.watches, m)
	}
	for _, s := range b.Servers() {
		if s.Check != nil {
			s.monitor.start(s.watch)
		}
		if s.Agent != nil {
			s.agentMonitor.start(s.askAgent)
		}
	}
}

// start runs a watch, which ends with its context.
func (m *monitor) start(watch func(context.Context)) {
	var ctx context.Context
	ctx, m.cancel = context.WithCancel(context.Background())
	m.done.Go(func() { watch(ctx) })
}

func (m *monitor) stop() {
	if m.cancel != nil {
		m.cancel()
		m.done.Wait()
	}
}

// checkSoon has the server checked before its time.
func (s *Server) checkSoon() { s.monitor.wake() }

func (m *monitor) wake() {
	select {
	case m.soon <- struct{}{}:
	default: // it will be, or is not watched at all
	}
}

// watch checks until the context ends.
func (s *Server) watch(ctx context.Context) {
	timer := time.NewTimer(s.Check.Delay)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-s.monitor.soon:
		case <-ctx.Done():
			return
		}
		if st := s.State(); st.Admin&inMaintenance == 0 && !st.Checks.Disabled {
			result := s.probe(ctx)
			if ctx.Err() != nil {
				return
			}
			s.trace(&result, false)
			s.checked(result)
		}
		timer.Reset(s.interval())
	}
}

func (s *Server) probe(ctx context.Context) Result {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(s.Check.Timeout, s.Check.Inter))
	defer cancel()
	begin := time.Now()
	result := s.Check.Probe(ctx, s)
	result.Duration = time.Since(begin)
	return result
}

// trace has the result of a check traced, where anybody wants to know.
func (s *Server) trace(r *Result, agent bool) {
	if s.backend.Trace != nil {
		s.backend.Trace(s, r, agent)
	}
}

// interval returns the time to the next check.
func (s *Server) interval() time.Duration {
	st := s.State()
	switch {
	case st.Health == s.Rise+s.Fall-1:
		return s.Check.Inter
	case st.Health == 0:
		return cmp.Or(s.Check.DownInter, s.Check.Inter)
	}
	return cmp.Or(s.Check.FastInter, s.Check.Inter)
}

// checked takes over the result of a check.
func (s *Server) checked(r Result) {
	why := r.reason()
	switch r.Status {
	case ProcessError, ProcessTimeout, ProcessOK:
		why = "" // as in HAProxy
	}
	check := &CheckChange{Result: r}
	s.backend.changeTelling(s, check, func(st *State) (string, []Event) {
		stopping := st.Operation == Stopping
		changed := s.judge(st, r)
		check.Health = st.Health
		if changed && s.Check.LogAll {
			n, of := st.Health, s.Rise
			up := st.Health >= s.Rise
			if up {
				n, of = st.Health-s.Rise+1, s.Fall
			}
			return why, []Event{s.tellCheck("Health", &r, n, of, up, stopping)}
		}
		return why, nil
	})
}

// judge counts a result and reports whether it changed anything.
func (s *Server) judge(st *State, r Result) (changed bool) {
	before, health := st.Last, st.Health
	st.Last = r
	full := s.Rise + s.Fall - 1
	if r.Status.Passed() && !(r.Status == Layer7Conditional && st.Operation == Stopped) {
		if st.Health++; st.Health >= s.Rise {
			st.Health = full
			wanted := Running
			if r.Status == Layer7Conditional {
				wanted = Stopping
			}
			if !st.Agent.Down {
				st.Operation = s.started(st.Operation, wanted)
			}
		}
	} else {
		if st.Health >= s.Rise {
			s.Counters.Add(counter.FailedChecks, 1)
		}
		if st.Health--; st.Health < s.Rise {
			st.Health = 0
			st.Operation = Stopped
		}
	}
	return before.Status != r.Status || before.Code != r.Code || health != st.Health
}

// tellCheck tells of a health or agent check in HAProxy's words: n results out of so many speak for the state. Stopping is
// whether the server was so before. The backend's mu is held.
func (s *Server) tellCheck(kind string, r *Result, n, of int, up, stopping bool) Event {
	st := &s.state
	outcome := "failed"
	switch {
	case r.Status == Layer7Conditional:
		outcome = "conditionally succeeded"
	case r.Status.Passed():
		outcome = "succeeded"
	}
	state := "DOWN"
	if up {
		state = "UP"
		if stopping || kind == "Health" && (st.Weight == 0 || st.Admin&draining != 0) {
			state = "DRAIN"
		}
	}
	backup := ""
	if s.Backup {
		backup = "backup "
	}
	text := fmt.Sprintf("%s check for %sserver %s/%s %s, %s, status: %d/%d %s.",
		kind, backup, s.backend.Proxy.Name, s.Name, outcome, strings.TrimSuffix(r.reason(), "."), n, of, state)
	return Event{Level: log.Notice, Text: text}
}
