package server

import "math"

// leastConnections chooses the server with the fewest exchanges for its weight; among equals the one whose number has not
// changed for longest. It looks at all of them, without a lock.
type leastConnections struct{ members []member }

func newLeastConnections(members []member, _ Options) chooser { return &leastConnections{members} }

func (l *leastConnections) next(_ uint32, _ bool, avoid *Server) *Server {
	var best *member
	var load, moved uint64
	for i := range l.members {
		m := &l.members[i]
		if !m.hasRoomInQueue() {
			continue
		}
		n := m.weighedLoad()
		at := m.moved.Load()
		if m.Server == avoid {
			if best == nil {
				best, load, moved = m, math.MaxUint64, math.MaxUint64
			}
			continue
		}
		if best == nil || n < load || n == load && at < moved {
			best, load, moved = m, n, at
		}
	}
	if best == nil {
		return nil
	}
	return best.Server
}

// weighedLoad returns the exchanges that the server has, and one more, for its weight; 0 when it is idle, since one that
// is idle is as good as any other.
func (m *member) weighedLoad() uint64 {
	n := uint64(m.load.Load() + m.queued.Load())
	if n == 0 {
		return 0
	}
	return (n + 1) * (256 * weightScale) / uint64(m.weight)
}
