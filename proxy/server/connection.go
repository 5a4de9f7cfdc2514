package server

// ConnectionMode says how HTTP connections live on after an exchange (manual, section 4). Of a frontend's and a backend's
// mode the greater one holds for both sides.
type ConnectionMode uint8

const (
	KeepAlive   ConnectionMode = iota
	ServerClose                // the server's connection carries one exchange (option http-server-close)
	Close                      // both sides' do (option httpclose)
)

// Reuse says which requests may go over a connection that served another client's (http-reuse).
type Reuse uint8

const (
	ReuseSafe       Reuse = iota // all but the first of a client's connection
	ReuseNever                   // none
	ReuseAggressive              // the first ones too, over connections that were reused before
	ReuseAlways                  // all
)

// Share takes an idle connection that a request may go over, or returns nil; first says that it is the first one of its
// client's connection. Those that stay with one client (ReuseNever) are not here.
func (s *Server) Share(reuse Reuse, first bool) *Conn {
	switch {
	case reuse == ReuseNever, reuse == ReuseSafe && first:
		return nil
	case reuse == ReuseAggressive && first:
		return s.idle(2)
	}
	return s.idle(0)
}
