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
		return newRing(members)
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
	points []point
	turn   atomic.Uint64
}

type point struct {
	at     uint32
	server *Server
}

// pointsPerServer is how many numbers a server's points are hashed from at most: 256 units of weight in sixteenths.
const pointsPerServer = 256 * weightScale

func newRing(members []member) *ring {
	r := &ring{}
	for _, m := range members {
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

func (r *ring) nearest(key uint32) *Server {
	n := len(r.points)
	i := sort.Search(n, func(i int) bool { return r.points[i].at >= key })
	after, before := r.points[i%n], r.points[(i+n-1)%n]
	if key-before.at < after.at-key {
		return before.server
	}
	return after.server
}
