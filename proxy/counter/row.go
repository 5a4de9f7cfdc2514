// Package counter holds what is counted of listeners, frontends, backends, servers and the process, true from the start:
// what "show stat", "show info" and Lua's get_stats report (management manual, sections 9.1 and 9.3). It imports nothing
// of ours, so that whoever causes an event counts it where it happens.
//
// Counting takes no lock. A nil Row or Process counts nothing, which is what a service in the place of a server has.
package counter

import (
	"sync/atomic"
	"time"
)

// Kind says of what a row is.
type Kind uint8

// The numbers are those of the column "type".
const (
	Frontend Kind = iota
	Backend
	Server
	Listener
)

// Identity is what the configuration says of a row. It does not change while traffic runs.
type Identity struct {
	Kind    Kind
	Proxy   string // name of the section
	Name    string // of the server or listener; FRONTEND and BACKEND otherwise
	ProxyID int
	ID      int  // of the server or listener within the section
	HTTP    bool // mode http
}

// Row is what is counted of one listener, frontend, backend or server: a line of "show stat". Padding keeps two rows from
// sharing a cache line, so that traffic of one does not slow that of another.
type Row struct {
	_ [64]byte
	Identity

	// State tells what is not counted but is so at the moment; nil for nothing. It is set before traffic comes, by the
	// owner of what it tells, and must be safe for concurrent use.
	State func(*State)

	// Sessions are streams, at a listener and frontend connections. Queue is what waits for a connection slot.
	Sessions, Queue Level

	counts [counts]atomic.Uint64

	ConnectionRate, SessionRate, RequestRate Rate

	// The phases of exchanges, in milliseconds.
	QueueTime, ConnectTime, ResponseTime, TotalTime Average

	lastSession atomic.Int64 // seconds since 1970, 0 before the first
	_           [64]byte
}

// Add counts n events or bytes.
func (r *Row) Add(c Count, n uint64) {
	if r != nil {
		r.counts[c].Add(n)
	}
}

// Value returns what was counted.
func (r *Row) Value(c Count) uint64 {
	if r == nil {
		return 0
	}
	return r.counts[c].Load()
}

// Enter counts a session or connection that begins: it is Begin and Hold. Each Enter has its Leave.
func (r *Row) Enter(now time.Time) {
	r.Begin(now)
	r.Hold()
}

// Begin counts a session without its being one of those there are now.
func (r *Row) Begin(now time.Time) {
	if r != nil {
		r.counts[Sessions].Add(1)
		r.SessionRate.Add(now)
	}
}

// Hold makes a session one of those there are now. Each Hold has its Leave.
func (r *Row) Hold() {
	if r != nil {
		r.Sessions.Enter()
	}
}

// Leave counts the end of a session or connection.
func (r *Row) Leave() {
	if r != nil {
		r.Sessions.Leave()
	}
}

// Connect counts a connection that was accepted, whether rules let it become a session or not.
func (r *Row) Connect(now time.Time) {
	if r != nil {
		r.counts[Connections].Add(1)
		r.ConnectionRate.Add(now)
	}
}

// Request counts an HTTP request.
func (r *Row) Request(now time.Time) {
	if r != nil {
		r.counts[Requests].Add(1)
		r.RequestRate.Add(now)
	}
}

// Current returns the number of sessions that have begun and not ended.
func (r *Row) Current() int64 {
	if r == nil {
		return 0
	}
	return r.Sessions.Now()
}

// Select counts that a balancing algorithm or a persistence chose the server or backend.
func (r *Row) Select(now time.Time) {
	if r != nil {
		r.counts[Selected].Add(1)
		r.Touch(now)
	}
}

// Touch notes when the server or backend last had an exchange.
func (r *Row) Touch(now time.Time) { r.lastSession.Store(now.Unix()) }

// Respond counts a response's status by its class. A status that is none is of the class "other".
func (r *Row) Respond(status int) {
	if r != nil {
		r.counts[classOf(status)].Add(1)
	}
}

// Times counts how long the phases of an exchange took. Phases below 0 were not reached and count as 0.
func (r *Row) Times(queue, connect, response, total time.Duration) {
	if r != nil {
		r.QueueTime.Add(queue)
		r.ConnectTime.Add(connect)
		r.ResponseTime.Add(response)
		r.TotalTime.Add(total)
	}
}

// ClearMaxima forgets all maxima ("clear counters").
func (r *Row) ClearMaxima() {
	r.Sessions.clearMax()
	r.Queue.clearMax()
	for _, rate := range []*Rate{&r.ConnectionRate, &r.SessionRate, &r.RequestRate} {
		rate.max.Store(0)
	}
	for _, average := range []*Average{&r.QueueTime, &r.ConnectTime, &r.ResponseTime, &r.TotalTime} {
		average.max.Store(0)
	}
}

// Clear forgets the maxima and all that was counted, except what is there now ("clear counters all").
func (r *Row) Clear() {
	r.ClearMaxima()
	for i := range r.counts {
		if !Count(i).gauge() {
			r.counts[i].Store(0)
		}
	}
	for _, average := range []*Average{&r.QueueTime, &r.ConnectTime, &r.ResponseTime, &r.TotalTime} {
		average.clear()
	}
	r.lastSession.Store(0)
}
