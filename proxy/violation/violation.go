// Package violation keeps the last message of each side of a proxy that broke the protocol, for those who have to find
// out who sent it and why it was refused (management manual, section 9.3, "show errors").
package violation

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Violation is a message that was refused. Text is what had arrived of it.
type Violation struct {
	Number   uint64 // of all in the process
	At       time.Time
	Response bool
	Position int // of the first byte that should not be there
	Source   netip.AddrPort
	Text     []byte

	// The other side: of a request the backend, of a response the frontend. Unknown is empty, with ID -1.
	Peer, Server     string
	PeerID, ServerID int
}

// Last keeps the last violation of each direction. It is safe for concurrent use. Its memory is bounded by a buffer each.
type Last struct {
	mu       sync.Mutex
	messages [2]Violation // request, response; Number is 0 for none
}

// Counter numbers the violations of a process, from 1 on.
type Counter struct{ n atomic.Uint64 }

// Count returns how many there were.
func (c *Counter) Count() uint64 { return c.n.Load() }

// Keep keeps v, whose Text it copies, in the place of the one before.
func (l *Last) Keep(c *Counter, v Violation) {
	l.mu.Lock()
	defer l.mu.Unlock()
	kept := &l.messages[index(v.Response)]
	text := append(kept.Text[:0], v.Text...)
	*kept = v
	kept.Text, kept.Number = text, c.n.Add(1)
}

// Get returns a copy of the last violation of a direction, and whether there is one.
func (l *Last) Get(response bool) (v Violation, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	v = l.messages[index(response)]
	v.Text = append([]byte(nil), v.Text...)
	return v, v.Number != 0
}

func index(response bool) int {
	if response {
		return 1
	}
	return 0
}
