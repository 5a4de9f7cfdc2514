package server

import (
	"time"

	"tidelock/proxy/stream"
)

var (
	_ stream.Farm   = (*Backend)(nil)
	_ stream.Member = (*Server)(nil)
)

// Member implements stream.Farm.
func (b *Backend) Member(name string) stream.Member {
	if s := b.ServerNamed(name); s != nil {
		return s
	}
	return nil
}

// Slots implements stream.Farm.
func (b *Backend) Slots() (connections, withQueue int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.Servers() {
		if !s.state.usable() {
			continue
		}
		limit := s.maxConn.Load()
		if limit == 0 {
			return -1, -1
		}
		free := limit - s.load.Load()
		if connections >= 0 {
			connections += max(free, 0)
		}
		if s.MaxQueue == 0 {
			withQueue = -1
		} else if withQueue >= 0 {
			withQueue += max(free, 0) + max(int64(s.MaxQueue)-s.queued.Load(), 0)
		}
	}
	return connections, withQueue
}

// Weights implements stream.Member.
func (s *Server) Weights() (now, set, initial int) {
	s.backend.mu.Lock()
	defer s.backend.mu.Unlock()
	now = (s.weightNow(time.Now()) + weightScale - 1) / weightScale
	return now, s.state.Weight, s.Weight
}

// Identity implements stream.Member.
func (s *Server) Identity() *stream.Server { return &s.Server }
