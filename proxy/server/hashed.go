package server

import (
	"cmp"
	"slices"
	"sort"
	"sync/atomic"

	"tidelock/proxy/hash32"
)

func newHashed(members []member, o Options) chooser {
	if o.Consistent {
		return newRing(members, o.Factor)
	}
	return &hashMap{staticRoundRobin{slots: slots(members)}}
}

// hashMap looks a key up in the map of the servers (hash-type map-based).
type hashMap struct{ staticRoundRobin }

func (h *hashMap) next(key uint32, keyed bool, avoid *Server) *Server {
	if !keyed {
		return free(h.slots, h.turn.Add(1)-1, avoid)
	}
	return h.slots[key%uint32(len(h.slots))]
}

// ring has each server at many points of the circle of the 32 bit numbers; a key belongs to the point that is nearest
// (hash-type consistent). When a server comes or goes, only its own keys move.
type ring struct {
	points  []point
	turn    atomic.Uint64
	members []member
	weights int // of all members
	factor  int // percent of its share of the load that a server may have; 0 for any
}

type point struct {
	at     uint32
	server *Server
}

// pointsPerServer is how many numbers a server's points are hashed from at most: 256 units of weight in sixteenths.
const pointsPerServer = 256 * weightScale

func newRing(members []member, factor int) *ring {
	r := &ring{members: members, factor: factor}
	for _, m := range members {
		r.weights += m.weight
		for i := range m.weight {
			r.points = append(r.points, point{hash32.Avalanche(uint32(m.ID*pointsPerServer + i)), m.Server})
		}
	}
	slices.SortStableFunc(r.points, func(a, b point) int { return cmp.Compare(a.at, b.at) })
	return r
}

func (r *ring) next(key uint32, keyed bool, avoid *Server) *Server {
	if keyed {
		return r.nearest(key)
	}
	n := uint64(len(r.points))
	var last *Server
	for range n {
		if s := r.points[(r.turn.Add(1)-1)%n].server; s.hasRoom() {
			if s != avoid {
				return s
			}
			last = s
		}
	}
	return last
}

// nearest returns the server of the point next to a key or, where that one has more than its share of the load, of the
// next point whose server has not.
func (r *ring) nearest(key uint32) *Server {
	n := len(r.points)
	i := sort.Search(n, func(i int) bool { return r.points[i].at >= key })
	after, before := r.points[i%n], r.points[(i+n-1)%n]
	if key-before.at < after.at-key {
		i += n - 1
	}
	first := r.points[i%n].server
	if r.factor == 0 {
		return first
	}
	total := int64(1) // with the exchange that is to be placed
	for j := range r.members {
		total += r.members[j].load.Load()
	}
	for k := range n {
		if s := r.points[(i+k)%n].server; s.load.Load() < r.share(s, total) {
			return s
		}
	}
	return first
}

// share returns how many of so many exchanges a server may have: whole ones, and one at least, as HAProxy counts.
func (r *ring) share(s *Server, total int64) int64 {
	for j := range r.members {
		if m := &r.members[j]; m.Server == s {
			return max(total*int64(r.factor)*int64(m.weight)/(int64(r.weights)*100), 1)
		}
	}
	return 1
}
