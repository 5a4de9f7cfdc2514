package server

import "sync/atomic"

// staticRoundRobin takes turns through the map of the servers.
type staticRoundRobin struct {
	servers []*Server
	slots   []*Server
	turn    atomic.Uint64
}

func newStaticRoundRobin(members []member, _ Options) chooser {
	r := &staticRoundRobin{slots: slots(members)}
	for _, m := range members {
		r.servers = append(r.servers, m.Server)
	}
	return r
}

// resume implements resumer: a slot keeps its number, if it is still there.
func (r *staticRoundRobin) resume(before *farm) {
	if before == nil || before.chooser == nil {
		return
	}
	old := before.chooser.(rotation).rotation()
	if turn := old.turn.Load(); turn > 0 {
		if next := (turn-1)%uint64(len(old.slots)) + 1; next < uint64(len(r.slots)) {
			r.turn.Store(next)
		}
	}
}

// rotation is what takes turns through slots.
type rotation interface{ rotation() *staticRoundRobin }

func (r *staticRoundRobin) rotation() *staticRoundRobin { return r }

func (r *staticRoundRobin) next(_ uint32, _ bool, avoid *Server) *Server {
	i := r.turn.Add(1) - 1
	if s := r.slots[i%uint64(len(r.slots))]; s != avoid && s.hasRoom() {
		return s
	}
	if other := free(r.servers, 0, avoid); other == nil || other == avoid {
		return other
	}
	return free(r.slots, i, avoid)
}

// slots lays out the map that static-rr walks and that map-based hashing looks into: a server has as many slots as its
// weight says. Every server earns its weight for each slot and pays the total for the slot that it gets. Whoever has
// earned the most whole slots gets the next one, the first in the configuration among equals: HAProxy's order, found by
// comparing outputs.
func slots(members []member) []*Server {
	divisor, total := commonDivisor(members), 0
	for _, m := range members {
		total += m.weight / divisor
	}
	earned := make([]int, len(members))
	order := make([]*Server, 0, total)
	for range total {
		best, most := -1, 0
		for i, m := range members {
			earned[i] += m.weight / divisor
			if whole := (earned[i] + total) / total; best < 0 || whole > most {
				best, most = i, whole
			}
		}
		earned[best] -= total
		order = append(order, members[best].Server)
	}
	return order
}
