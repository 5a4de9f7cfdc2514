package frontend

import (
	"cmp"
	"net"
	"slices"
	"sync/atomic"
	"time"

	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// presence is what others may see of an exchange while it is under way. The exchange's goroutine stores it, a few words
// for each exchange; whoever looks loads them, under the lock of the list of sessions.
type presence struct {
	id      atomic.Uint64 // of the stream; 0 while none is under way
	began   atomic.Int64  // in nanoseconds since 1970
	backend atomic.Pointer[stream.Proxy]
	target  atomic.Pointer[server.Server]
}

// appear shows an exchange that begins. It has no backend yet.
func (p *presence) appear(id uint64, began time.Time) {
	p.choose(nil)
	p.aim(nil)
	p.began.Store(began.UnixNano())
	p.id.Store(id)
}

// choose shows the backend that the exchange is for, nil for none.
func (p *presence) choose(backend *stream.Proxy) {
	if p.backend.Load() != backend {
		p.backend.Store(backend)
	}
}

// aim shows the server that the exchange is for, nil for none.
func (p *presence) aim(target *server.Server) {
	if p.target.Load() != target {
		p.target.Store(target)
	}
}

// vanish shows that no exchange is under way.
func (p *presence) vanish() { p.id.Store(0) }

// Live is an exchange under way, as it was when somebody looked.
type Live struct {
	ID       uint64
	Began    time.Time
	Client   net.Addr // of the connection
	Address  net.Addr // that the client reached
	Frontend *stream.Proxy
	Listener *stream.Listener
	Backend  *stream.Proxy  // nil until chosen
	Server   *server.Server // nil until chosen

	// Local and Remote are the ends of the connection to the server; nil while there is none.
	Local, Remote net.Addr
	// Received and Sent are the bytes that crossed the client's connection, of earlier exchanges too.
	Received, Sent int64
}

// Live returns the exchanges under way, those that began first before the others.
func (f *Frontend) Live() []Live {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []Live
	for s := range f.sessions {
		if l := s.look(); l.ID != 0 {
			all = append(all, l)
		}
	}
	slices.SortFunc(all, func(a, b Live) int { return cmp.Compare(a.ID, b.ID) })
	return all
}

// look returns what the session is doing. The frontend's mu is held, so that it is not reused meanwhile.
func (s *session) look() Live {
	l := Live{
		ID: s.presence.id.Load(), Began: time.Unix(0, s.presence.began.Load()), Frontend: s.frontend.Proxy, Listener: s.listener.Identity,
		Backend: s.presence.backend.Load(), Server: s.presence.target.Load(),
	}
	if l.ID == 0 {
		return l
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	client := underneath(s.client.Net())
	l.Client, l.Address = client.RemoteAddr(), client.LocalAddr()
	l.Received, l.Sent = s.client.Received(), s.client.Sent()
	if s.server != nil {
		c := underneath(s.server.Net())
		l.Local, l.Remote = c.LocalAddr(), c.RemoteAddr()
	}
	return l
}

// Kill ends the exchanges under way for which chosen says so, and reports whether there were any.
func (f *Frontend) Kill(chosen func(id uint64, target *server.Server) bool) (killed bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for s := range f.sessions {
		if id := s.presence.id.Load(); id != 0 && chosen(id, s.presence.target.Load()) {
			s.kill()
			killed = true
		}
	}
	return killed
}

// kill ends the exchange. Where a server has the request, its connection is closed, and the client learns of it as of any
// server that failed.
func (s *session) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.killed = true
	if s.server != nil {
		underneath(s.server.Net()).Close()
		return
	}
	underneath(s.client.Net()).Close()
}
