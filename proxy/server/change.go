package server

import "tidelock/proxy/notify"

// Changes tells of what happens to servers. Whoever subscribes is told with the backend's lock held.
type Changes = notify.Topic[*Change]

// Change is something that happened to a server.
type Change struct {
	Server        *Server
	Before, After State
	Why           string // as messages have it; may be empty
	Requeued      int    // exchanges that left the server's queue
	// Check is the result of the check that brought the change about, nil where it was another reason.
	Check *CheckChange
}

// CheckChange is a check whose result is told.
type CheckChange struct {
	Result Result
	Agent  bool // the agent was asked
	Health int  // what the checks so far have come to, 0 to Rise+Fall-1
}

// Effective is the operation that comes of what checks find and what administrators want.
func (s *State) Effective() Operation {
	if s.Admin&inMaintenance != 0 {
		return Stopped
	}
	return s.Operation
}

// announce tells subscribers of a change. The backend's mu is held.
func (s *Server) announce(before *State, why string, requeued int, check *CheckChange) {
	changes := s.backend.Changes
	if changes == nil || !changes.Active() {
		return
	}
	st := &s.state
	if check == nil && before.Admin == st.Admin && before.Effective() == st.Effective() {
		return
	}
	changes.Tell(&Change{Server: s, Before: *before, After: *st, Why: why, Requeued: requeued, Check: check})
}

var operationNames = [...]string{Stopped: "STOPPED", Starting: "STARTING", Running: "RUNNING", Stopping: "STOPPING"}

// String returns the operation's name in events.
func (o Operation) String() string { return operationNames[o] }
