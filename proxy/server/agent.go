package server

import (
	"cmp"
	"context"
	"time"
)

// Agent is how a server is asked what it wants for itself (agent-check).
type Agent struct {
	Inter   time.Duration // between two questions
	Timeout time.Duration // of a question; 0 is Inter
	Delay   time.Duration // before the first one
	// LogAll tells of each change of a result (option log-health-checks).
	LogAll bool
	Place  AgentPlace // at first
	// Ask asks once: it returns the line that the agent answered, or what is wrong in the result. It honours the context.
	Ask func(context.Context, *Server) (line string, failed *Result)
}

// AgentState is what the agent of a server said last.
type AgentState struct {
	Disabled bool
	Down     bool // it wants the server down
	Last     Result
	Place    AgentPlace
}

// AgentPlace is where the agent is, and what it is sent.
type AgentPlace struct {
	Host string // "" is the server's
	Port int
	Send string
}

// ask asks the agent until the context ends.
func (s *Server) askAgent(ctx context.Context) {
	timer := time.NewTimer(s.Agent.Delay)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-s.agentMonitor.soon:
		case <-ctx.Done():
			return
		}
		if !s.State().Agent.Disabled {
			line, failed, took := s.askOnce(ctx)
			if ctx.Err() != nil {
				return
			}
			s.answered(line, failed, took)
		}
		timer.Reset(s.Agent.Inter)
	}
}

func (s *Server) askOnce(ctx context.Context) (line string, failed *Result, took time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(s.Agent.Timeout, s.Agent.Inter))
	defer cancel()
	begin := time.Now()
	line, failed = s.Agent.Ask(ctx, s)
	return line, failed, time.Since(begin)
}

// answered does what the agent asked for. That it cannot be asked changes nothing: connections are the health check's
// matter.
func (s *Server) answered(line string, failed *Result, took time.Duration) {
	var a answer
	if failed != nil {
		a.result = *failed
	} else {
		a = parseAnswer(line, s.Weight)
	}
	a.result.Duration = took
	s.trace(&a.result, true)
	if a.maxConn != nil {
		s.SetMaxConn(*a.maxConn)
	}
	s.wishes(&a)
	check := &CheckChange{Result: a.result, Agent: true, Health: 1}
	s.backend.changeTelling(s, check, func(st *State) (string, []Event) {
		before, wasDown := st.Agent.Last, st.Agent.Down
		st.Agent.Last = a.result
		switch a.result.Status {
		case Layer7OK:
			st.Agent.Down = false
		case Layer7Status:
			st.Agent.Down = true
		}
		if st.Agent.Down {
			check.Health = 0
		}
		s.settle(st)
		changed := before.Status != a.result.Status || wasDown != st.Agent.Down
		if s.Agent.LogAll && changed && a.result.Status != Checked {
			n := 1
			if st.Agent.Down {
				n = 0
			}
			return "", []Event{s.tellCheck("Agent", &a.result, n, 1, !st.Agent.Down, false)}
		}
		return "", nil
	})
}

// wishes carries out what the agent says of weight and administrative state.
func (s *Server) wishes(a *answer) {
	if a.weight == nil && a.admin == keepAdmin {
		return
	}
	s.backend.change(s, func(st *State) string {
		if a.weight != nil {
			st.Weight = *a.weight
		}
		switch a.admin {
		case askReady:
			st.Admin &^= Maintenance | Drain
		case askDrain:
			st.Admin = st.Admin&^Maintenance | Drain
		case askMaintenance:
			st.Admin = st.Admin&^Drain | Maintenance
		}
		return ""
	})
}

// settle makes the server's operation follow what the health check and the agent say: both can take it down.
func (s *Server) settle(st *State) {
	switch {
	case st.Agent.Down:
		st.Operation = Stopped
	case st.Operation == Stopped && st.Health >= s.Rise:
		st.Operation = s.started(Stopped, Running)
	}
}

// EnableAgent has the agent asked, or not any more.
func (s *Server) EnableAgent(on bool) {
	s.backend.change(s, func(st *State) string {
		st.Agent.Disabled = !on
		return ""
	})
	s.agentMonitor.wake()
}

// SetAgent sets what the agent wants, as if it had said so.
func (s *Server) SetAgent(up bool, why string) {
	s.backend.change(s, func(st *State) string {
		st.Agent.Down = !up
		s.settle(st)
		return why
	})
}

// AgentPlace returns where the agent is now.
func (s *Server) AgentPlace() AgentPlace { return s.State().Agent.Place }

// SetAgentPlace moves the agent.
func (s *Server) SetAgentPlace(change func(*AgentPlace)) {
	s.backend.change(s, func(st *State) string {
		change(&st.Agent.Place)
		return ""
	})
}
