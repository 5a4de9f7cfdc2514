package server

import (
	"cmp"
	"container/heap"
	"slices"
	"sync/atomic"
)

// roundRobin takes turns in an order worked out beforehand, so that a choice is one atomic increment whatever the number
// of servers. The order is HAProxy's, found by comparing outputs: a lead-in during which servers join, then a period that
// repeats.
type roundRobin struct {
	servers []*Server // each once, to see whether any has room
	lead    []*Server
	period  []*Server
	turn    atomic.Uint64
}

func newRoundRobin(members []member, _ Options) chooser {
	total := 0
	divisor := commonDivisor(members)
	r := &roundRobin{}
	for _, m := range members {
		total += m.weight / divisor
		r.servers = append(r.servers, m.Server)
	}
	order := turns(members, divisor, 2*total)
	r.lead, r.period = order[:total], order[total:]
	if slices.Equal(r.lead, r.period) {
		r.lead = nil
	}
	return r
}

func (r *roundRobin) next(_ uint32, _ bool, avoid *Server) *Server {
	s := r.at(r.turn.Add(1) - 1)
	if s != avoid && s.hasRoom() {
		return s
	}
	other := free(r.servers, 0, avoid)
	if other == nil || other == avoid {
		return other
	}
	for range r.period {
		if s = r.at(r.turn.Add(1) - 1); s != avoid && s.hasRoom() {
			return s
		}
	}
	return other
}

func (r *roundRobin) at(i uint64) *Server {
	lead := uint64(len(r.lead))
	if i < lead {
		return r.lead[i]
	}
	return r.period[(i-lead)%uint64(len(r.period))]
}

// entry is a server's place in line: its next turn is due at position, in turns, plus rest/weight.
type entry struct {
	server         *Server
	weight         int
	position, rest int
	joined         int // order of queueing, for entries that are otherwise equal
	index          int // in the line
}

// line is a heap of entries, the one due next first.
type line []*entry

func (l line) Len() int { return len(l) }

func (l line) Swap(i, j int) {
	l[i], l[j] = l[j], l[i]
	l[i].index, l[j].index = i, j
}

func (l *line) Push(x any) {
	e := x.(*entry)
	e.index = len(*l)
	*l = append(*l, e)
}

func (l *line) Pop() any {
	last := len(*l) - 1
	e := (*l)[last]
	*l = (*l)[:last]
	return e
}

func (l line) Less(i, j int) bool {
	a, b := l[i], l[j]
	return cmp.Or(cmp.Compare(a.position, b.position), cmp.Compare(a.rest-a.weight, b.rest-b.weight), cmp.Compare(a.joined, b.joined)) < 0
}

// turns returns the first n turns. A server of weight w out of W is due every W/w turns. The heaviest starts; another joins
// when nobody in line is due, the heavier ones first.
func turns(members []member, divisor, n int) []*Server {
	var waiting []*entry
	total := 0
	for _, m := range members {
		waiting = append(waiting, &entry{server: m.Server, weight: m.weight / divisor})
		total += m.weight / divisor
	}
	slices.SortStableFunc(waiting, func(a, b *entry) int { return b.weight - a.weight })
	var inLine line
	order := make([]*Server, 0, n)
	for now := range n {
		var e *entry
		if len(inLine) > 0 && (inLine[0].position <= now || len(waiting) == 0) {
			e = inLine[0]
		} else {
			e, waiting = waiting[0], waiting[1:]
			e.position = now
			heap.Push(&inLine, e)
		}
		e.position += total / e.weight
		if e.rest += total % e.weight; e.rest >= e.weight {
			e.rest -= e.weight
			e.position++
		}
		e.joined = now
		heap.Fix(&inLine, e.index)
		order = append(order, e.server)
	}
	return order
}
