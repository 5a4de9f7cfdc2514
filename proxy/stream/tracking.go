package stream

import (
	"slices"

	"tidelock/proxy/sticktable"
)

// tracking is the entries of stick tables that somebody tracks (track-sc0 to track-sc2).
type tracking [sticktable.Counters]sticktable.Tracked

func (t *tracking) count(ev sticktable.Event, n int64) {
	for i := range t {
		t[i].Count(ev, n)
	}
}

func (t *tracking) stop() {
	for i := range t {
		t[i].Stop()
	}
}

// Tracked returns the entry that counter n tracks, nil for none. What rules of the exchange track comes before what
// those of the connection do.
func (s *Stream) Tracked(n int) *sticktable.Entry {
	if n < 0 || n >= sticktable.Counters {
		return nil
	}
	if e := s.tracked[n].Entry(); e != nil || s.Session == nil {
		return e
	}
	return s.Session.tracked[n].Entry()
}

// Track makes counter n track the entry of a key for the rest of the exchange, or of the connection where set is one of
// those that run before any exchange. It has no effect if the counter tracks an entry already.
func (s *Stream) Track(n int, set RuleSet, t *sticktable.Table, key []byte) {
	if s.Tracked(n) != nil {
		return
	}
	if set == TCPConnection || set == TCPSession {
		s.Session.tracked[n].Start(t, key)
		return
	}
	k := &s.tracked[n]
	k.Start(t, key)
	// What happened before counts as well.
	if s.requested {
		k.Count(sticktable.Request, 1)
	}
	if set == HTTPResponse {
		if ev, counted := eventOf(s.Response.Status()); counted {
			k.Count(ev, 1)
		}
	}
}

// CountResponse counts what the status of a server's response says of the client or of the server.
func (s *Stream) CountResponse() {
	if ev, counted := eventOf(s.Response.Status()); counted {
		s.Count(ev, 1)
	}
}

// eventOf returns the event that a server's status is, if it is one. 501 and 505 are answers to the client's wishes.
func eventOf(status int) (ev sticktable.Event, counted bool) {
	switch {
	case status >= 400 && status < 500:
		return sticktable.Error, true
	case status >= 500 && status != 501 && status != 505:
		return sticktable.Failure, true
	}
	return 0, false
}

// Count counts events for all entries that are tracked.
func (s *Stream) Count(ev sticktable.Event, n int64) {
	s.requested = s.requested || ev == sticktable.Request
	s.tracked.count(ev, n)
	s.Session.tracked.count(ev, n)
}

// EndTracking ends what the rules of the exchange track.
func (s *Stream) EndTracking() { s.tracked.stop() }

// Admitted counts the connection, which the rules of its rule sets let pass, for the entries that they track.
func (s *Session) Admitted() { s.tracked.count(sticktable.Session, 1) }

// EndTracking ends what the rules of the connection track.
func (s *Session) EndTracking() { s.tracked.stop() }

// store is a key under which a table shall remember the server of an exchange.
type store struct {
	table *sticktable.Table
	key   string
}

// maxStores is how many tables an exchange is remembered in.
const maxStores = 8

// Stores reports whether the exchange is to be remembered in t already: the first key for a table counts.
func (s *Stream) Stores(t *sticktable.Table) bool {
	return slices.ContainsFunc(s.stores, func(other store) bool { return other.table == t })
}

// Store has t remember the server of the exchange under key, once StoreServer is called.
func (s *Stream) Store(t *sticktable.Table, key []byte) {
	if len(s.stores) < maxStores && !s.Stores(t) {
		s.stores = append(s.stores, store{t, string(key)})
	}
}

// StoreServer has tables remember the server, as Store was told.
func (s *Stream) StoreServer() {
	for _, store := range s.stores {
		if s.Server == nil || s.Server.NonStick {
			break
		}
		if e := store.table.Use([]byte(store.key)); e != nil {
			e.SetServer(s.Server.ID, s.Server.Name)
		}
	}
	s.stores = s.stores[:0]
}
