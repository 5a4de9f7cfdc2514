package server

import (
	"fmt"
	"time"

	"tidelock/proxy/counter"
)

// status names the state as statistics do. The backend's mu is held.
func (s *Server) status() string {
	st := &s.state
	switch {
	case st.Admin&Maintenance != 0:
		return "MAINT"
	case st.Admin&Unresolved != 0:
		return "MAINT (resolution)"
	case st.Admin&InheritedMaintenance != 0:
		return fmt.Sprintf("MAINT (via %s)", s.tracked.path())
	case (s.Check == nil || st.Checks.Disabled) && s.tracked == nil && st.Operation == Running && st.Admin&draining == 0 && st.Weight > 0:
		return "no check"
	}
	if s.Agent != nil && !st.Agent.Disabled {
		switch {
		case st.Operation == Stopped && st.Agent.Down:
			return "DOWN (agent)"
		case st.Admin&Drain != 0:
			return "DRAIN (agent)"
		}
	}
	name := "UP"
	switch {
	case st.Operation == Stopped:
		name = "DOWN"
	case st.Admin&draining != 0 || st.Weight == 0:
		name = "DRAIN"
	case st.Operation == Stopping:
		name = "NOLB"
	}
	switch {
	case s.Check == nil:
	case st.Operation == Stopped && st.Health > 0:
		name += fmt.Sprintf(" %d/%d", st.Health, s.Rise)
	case st.Operation != Stopped && st.Health < s.Rise+s.Fall-1:
		name += fmt.Sprintf(" %d/%d", st.Health-s.Rise+1, s.Fall)
	}
	return name
}

// path names the server as configurations refer to it.
func (s *Server) path() string { return s.backend.Proxy.Name + "/" + s.Name }

// fill is the counter row's view of the server.
func (s *Server) fill(to *counter.State) {
	b := s.backend
	b.mu.Lock()
	defer b.mu.Unlock()
	st := &s.state
	now := time.Now()
	to.Status = s.status()
	to.Limit = known(s.maxConn.Load())
	to.QueueLimit = uint64(s.MaxQueue)
	to.Weight = uint64((s.weightNow(now) + weightScale - 1) / weightScale)
	to.UserWeight = uint64(st.Weight)
	if to.Active = 1; s.Backup {
		to.Active, to.Backup = 0, 1
	}
	to.LastChange = st.Since
	if to.HasDowntime = s.Check != nil; to.HasDowntime {
		to.Downtime = st.Downtime
		if !st.Up() {
			to.Downtime += now.Sub(st.Since)
		}
	}
	to.Cookie, to.Address = s.CookieValue(), s.Address().statistics()
	if st.Operation == Starting {
		to.Throttle = counter.Known{Value: uint64(s.weightNow(now) * 100 / max(st.Weight*weightScale, 1)), Ok: true}
	}
	if s.tracked != nil {
		to.Tracked = s.tracked.path()
	}
	to.ObservesTraffic = s.Observation.Layer != Unobserved
	to.SafeIdle = uint64(s.IdleConnections())
	to.Used = uint64(s.load.Load())
	if s.Pool.Max >= 0 {
		to.IdleLimit = known(int64(s.Pool.Max))
	}
	if s.Check != nil {
		to.Check = columns(&st.Last)
		to.Check.Rise, to.Check.Fall, to.Check.Health = uint64(s.Rise), uint64(s.Fall), uint64(max(st.Health, 0))
	}
	if s.Agent != nil && !st.Agent.Disabled {
		to.Agent = columns(&st.Agent.Last)
		to.Agent.Rise, to.Agent.Fall = 1, 1
		if !st.Agent.Down {
			to.Agent.Health = 1
		}
	}
}

// columns are what statistics show of the last health or agent check.
func columns(last *Result) counter.Check {
	c := counter.Check{
		Enabled: true, Status: last.Status.String(), Description: last.Status.Text(), Last: last.Info,
		Done: last.Status > Initializing, Duration: last.Duration,
	}
	if last.Status == Unknown {
		c.Status, c.Description = Initializing.String(), Initializing.Text()
	}
	if last.Status.hasCode() {
		c.Code = counter.Known{Value: uint64(uint32(last.Code)), Ok: true}
	}
	return c
}

// fill is the counter row's view of the backend.
func (b *Backend) fill(to *counter.State) {
	b.mu.Lock()
	defer b.mu.Unlock()
	active, backup := b.countUsable()
	to.Active, to.Backup = uint64(active), uint64(backup)
	to.Status = "UP"
	balanced := b.Direct == nil
	if (active+backup == 0 || !balanced) && len(b.Servers()) > 0 {
		to.Status = "DOWN" // so HAProxy says of servers that only those reach who are bound to them
	}
	to.Algorithm = "none"
	if balanced {
		to.Algorithm = b.Algorithm.Name
		for _, m := range b.current().members {
			to.Weight += uint64((m.weight + weightScale - 1) / weightScale)
			to.UserWeight += uint64(m.state.Weight)
		}
	}
	to.Limit = known(int64(b.FullConn))
	to.HasDowntime = len(b.Servers()) > 0
	to.LastChange, to.Downtime = b.since, b.downtime
	if to.Status == "DOWN" {
		to.Downtime += time.Since(b.since)
	}
}

func known(n int64) counter.Known { return counter.Known{Value: uint64(n), Ok: n > 0} }

// Share returns a server's weight and that of all that can be used, and the exchanges that all of them have.
func (b *Backend) Share(s *Server) (weight, weights int, exchanges int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, m := range b.current().members {
		w := (m.weight + weightScale - 1) / weightScale
		weights += w
		if m.Server == s {
			weight = w
		}
	}
	for _, other := range b.Servers() {
		exchanges += other.load.Load()
	}
	return weight, weights, exchanges
}
