package resolver

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"github.com/miekg/dns"
)

// Place is where a name says that a server is.
type Place struct {
	Address netip.Addr
	Port    uint16 // of a service; 0 for a host
	Weight  uint16 // of a service
	Host    string // of a service: the name of its host
}

// Answer is what the name servers say of a name.
type Answer struct {
	Outcome Outcome
	By      string // the name of the server that answered
	Places  []Place
}

// maxPlaces bounds what is kept of one answer.
const maxPlaces = 1024

// Watch is a name that is asked for time and again.
type Watch struct {
	Name      string
	Service   bool   // asks for services and the addresses of their hosts (SRV records)
	Preferred Family // asked for first; the other one is when there is no address of it
	Every     time.Duration
	// Hold says how long an outcome has to last, without an answer, until it counts.
	Hold map[Outcome]time.Duration
	// Obsolete is how long a place counts that is no longer answered.
	Obsolete time.Duration
	// Apply is told each answer that counts.
	Apply func(Answer)
}

// Run asks until the context ends. No question outlives it.
func (r *Resolver) Run(ctx context.Context, w *Watch) {
	valid := time.Now()
	seen := map[Place]time.Time{}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-ctx.Done():
			return
		}
		a := r.find(ctx, w)
		if ctx.Err() != nil {
			return
		}
		now := time.Now()
		if a.Outcome == Resolved {
			valid = now
			a.Places = remember(seen, a.Places, now, w.Obsolete)
			w.Apply(a)
		} else if now.Sub(valid) >= w.Hold[a.Outcome] {
			clear(seen)
			w.Apply(a)
		}
		timer.Reset(w.Every)
	}
}

// remember adds what was answered not long ago to an answer.
func remember(seen map[Place]time.Time, places []Place, now time.Time, obsolete time.Duration) []Place {
	for _, p := range places {
		seen[p] = now
	}
	fresh := len(places)
	for p, at := range seen {
		switch {
		case at.Equal(now):
		case slices.ContainsFunc(places[:fresh], func(q Place) bool { return q.Address == p.Address && q.Port == p.Port }):
			delete(seen, p) // the same with another weight
		case now.Sub(at) >= obsolete:
			delete(seen, p)
		case len(places) < maxPlaces:
			places = append(places, p)
		}
	}
	return places
}

// find asks for the places of a name.
func (r *Resolver) find(ctx context.Context, w *Watch) Answer {
	if !w.Service {
		return r.findHost(ctx, w.Name, w.Preferred)
	}
	got, a := r.askAll(ctx, w.Name, dns.TypeSRV)
	if got == nil {
		return a
	}
	for _, record := range got.Answer {
		srv, ok := record.(*dns.SRV)
		if !ok || srv.Port == 0 || len(a.Places) >= maxPlaces {
			continue
		}
		host := r.findHost(ctx, srv.Target, w.Preferred)
		if len(host.Places) > 0 {
			a.Places = append(a.Places, Place{Address: host.Places[0].Address, Port: srv.Port, Weight: srv.Weight, Host: trimDot(srv.Target)})
		}
	}
	return a
}

func trimDot(name string) string {
	if len(name) > 1 && name[len(name)-1] == '.' {
		return name[:len(name)-1]
	}
	return name
}

// findHost asks for the addresses of a host, of the preferred family or else of the other one.
func (r *Resolver) findHost(ctx context.Context, name string, preferred Family) Answer {
	other := IPv4
	if preferred == IPv4 {
		other = IPv6
	}
	var a Answer
	for _, family := range []Family{preferred, other} {
		var got *dns.Msg
		if got, a = r.askAll(ctx, name, uint16(family)); got == nil {
			continue
		}
		for _, record := range got.Answer {
			address, ok := addressOf(record)
			place := Place{Address: address.Unmap()}
			if ok && len(a.Places) < maxPlaces && !slices.Contains(a.Places, place) {
				a.Places = append(a.Places, place)
			}
		}
		if len(a.Places) > 0 {
			return a
		}
		a.Outcome = NoName // the name has no address of that family
	}
	return a
}

// askAll asks all servers at once, as often as the settings allow, and takes the first good answer.
func (r *Resolver) askAll(ctx context.Context, name string, kind uint16) (*dns.Msg, Answer) {
	type result struct {
		got     *dns.Msg
		outcome Outcome
		by      string
	}
	last := Answer{Outcome: TimedOut}
	for range r.settings.Attempts {
		attempt, cancel := context.WithCancel(ctx)
		results := make(chan result, len(r.settings.Servers))
		for _, s := range r.settings.Servers {
			go func() {
				got, outcome := r.exchange(attempt, s, name, kind)
				results <- result{got, outcome, s.Name}
			}()
		}
		var good *dns.Msg
		for range r.settings.Servers {
			got := <-results
			if good != nil {
				continue // every question ends before this does
			}
			last = Answer{Outcome: got.outcome, By: got.by}
			if got.outcome == Resolved {
				good = got.got
				cancel()
			}
		}
		cancel()
		if good != nil || ctx.Err() != nil || last.Outcome == NoName {
			return good, last
		}
	}
	return nil, last
}
