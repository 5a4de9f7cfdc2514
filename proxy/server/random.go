package server

import (
	"math/rand/v2"
	"sort"
)

// random draws servers by weight and takes the least loaded of those drawn.
type random struct {
	members []member
	upTo    []int // sums of the weights
	draws   int
}

func newRandom(members []member, o Options) chooser {
	r := &random{members: members, draws: max(o.Draws, 1)}
	total := 0
	for _, m := range members {
		total += m.weight
		r.upTo = append(r.upTo, total)
	}
	return r
}

func (r *random) next(_ uint32, _ bool, avoid *Server) *Server {
	var best *member
	for range r.draws {
		n := rand.IntN(r.upTo[len(r.upTo)-1])
		m := &r.members[sort.SearchInts(r.upTo, n+1)]
		if m.Server != avoid && m.hasRoom() && (best == nil || m.weighedLoad() < best.weighedLoad()) {
			best = m
		}
	}
	if best != nil {
		return best.Server
	}
	var last *Server
	for i := range r.members {
		if s := r.members[i].Server; s.hasRoom() {
			if s != avoid {
				return s
			}
			last = s
		}
	}
	return last
}
