package server

import (
	"cmp"
	"slices"
)

// first fills one server after the other, in the order of their numbers.
type first struct{ servers []*Server }

func newFirst(members []member, _ Options) chooser {
	f := &first{}
	for _, m := range members {
		f.servers = append(f.servers, m.Server)
	}
	slices.SortStableFunc(f.servers, func(a, b *Server) int { return cmp.Compare(a.ID, b.ID) })
	return f
}

func (f *first) next(_ uint32, _ bool, avoid *Server) *Server {
	return free(f.servers, 0, avoid)
}
