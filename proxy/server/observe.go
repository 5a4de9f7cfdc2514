package server

// Layer is how deep traffic is observed for the health of a server (observe).
type Layer uint8

const (
	Unobserved    Layer = iota
	ObserveLayer4       // connections
	ObserveLayer7       // and responses
)

// Reaction is what too many errors in a row lead to (on-error).
type Reaction uint8

const (
	FastInterval Reaction = iota // checks come at once, then at the faster interval
	FailCheck                    // counts as a check that failed
	SuddenDeath                  // likewise, and the next one that fails is the last
	MarkDown                     // the server is down at once
)

// Observation of traffic.
type Observation struct {
	Layer    Layer
	Limit    int64 // errors in a row
	Reaction Reaction
}

// Outcome is what traffic shows of a server.
type Outcome uint8

const (
	Connected Outcome = iota
	ConnectFailed
	Responded
	ResponseFailed // none, none that can be understood, or a status that tells of trouble
)

// Observe learns from traffic. It costs nothing where traffic is not observed.
func (s *Server) Observe(o Outcome) {
	layer := s.Observation.Layer
	if layer == Unobserved || layer == ObserveLayer4 && o >= Responded || layer == ObserveLayer7 && o == Connected {
		return
	}
	if o == Connected || o == Responded {
		if s.errors.Load() != 0 {
			s.errors.Store(0)
		}
		return
	}
	if s.errors.Add(1) < s.Observation.Limit {
		return
	}
	s.errors.Store(0)
	s.react(o)
}

func (s *Server) react(o Outcome) {
	r := Result{Status: Layer4Error, Info: "Detected error in traffic"}
	if o == ResponseFailed {
		r.Status = Layer7Response
	}
	if s.Observation.Reaction != FastInterval {
		s.backend.change(s, func(st *State) string {
			if st.Operation == Stopped {
				return ""
			}
			switch s.Observation.Reaction {
			case SuddenDeath:
				st.Health = min(st.Health, s.Rise+1)
			case MarkDown:
				st.Health = s.Rise
			}
			s.judge(st, r)
			return r.reason()
		})
	}
	s.checkSoon()
}
