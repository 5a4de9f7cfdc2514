package server

import "time"

// Saved is what was saved of a server's state, to be taken up after a start (manual, section 4.2,
// "load-server-state-from-file").
type Saved struct {
	Host          string // its address, "" for none
	Name          string // that the address was found by, "" for none
	Port          int    // 0 for the configured one
	Operation     Operation
	Admin         Admin
	Weight        int
	InitialWeight int // at that time
	Age           time.Duration
	Status        CheckStatus
	Health        int
	Checked       bool // there were health checks
}

// afterReload is why states change that were saved.
const afterReload = "changed from server-state after a reload"

// Restore takes up what was saved. What the configuration says meanwhile counts more: maintenance because of the
// configuration stays or goes with it, and a weight is not taken up when another one was configured since.
func (s *Server) Restore(saved Saved) {
	s.backend.change(s, func(st *State) string {
		if saved.InitialWeight == s.Weight {
			st.Weight = saved.Weight
		}
		if saved.Admin&ConfiguredMaintenance == 0 {
			st.Admin |= saved.Admin & Maintenance
		}
		st.Admin |= saved.Admin & Drain
		switch {
		case saved.Operation == Stopped && saved.Admin&inMaintenance == 0:
			st.Operation, st.Health = Stopped, 0
		case saved.Operation == Stopping:
			st.Operation = Stopping
		}
		if saved.Operation == Starting || saved.Operation == Running {
			st.Health = s.Rise + s.Fall - 1
			if s.Check != nil && saved.Checked {
				st.Health = max(min(saved.Health, st.Health), s.Rise)
				st.Last = Result{Status: saved.Status}
			}
		}
		return afterReload
	})
	if a := s.Address(); saved.Port != 0 && !a.Offset && a.Network != "unix" {
		a.Port = saved.Port
		s.SetAddress(a)
	}
	s.backend.mu.Lock()
	defer s.backend.mu.Unlock()
	s.state.Since = time.Now().Add(-saved.Age)
}
