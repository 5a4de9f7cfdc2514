// Package resolver asks name servers while the proxy serves: the resolvers sections of HAProxy's manual, section 5.3.
package resolver

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// Settings are what a resolvers section says.
type Settings struct {
	Servers     []Server
	Attempts    int           // queries for one name, at least 1
	Retry       time.Duration // how long each waits for an answer
	PayloadSize uint16        // largest answer over UDP in bytes
	HoldValid   time.Duration // how long an address counts before it is asked for again
	HoldNX      time.Duration // how long the lack of one does
}

// Server is one name server.
type Server struct {
	Name             string
	Network, Address string    // "udp" or "tcp", and host:port
	Counters         *Counters // nil for some of its own
}

// Family is what kind of address is wanted.
type Family uint16

// The families, as the types of DNS records.
const (
	IPv4 = Family(dns.TypeA)
	IPv6 = Family(dns.TypeAAAA)
)

// Resolver remembers what it was told. It is safe for concurrent use.
type Resolver struct {
	settings Settings

	mu     sync.Mutex
	known  map[string]*answer // guarded by mu; by name in lower case, with the family before it
	oldest *answer            // guarded by mu; the list of all answers in the order in which they came
	newest *answer            // guarded by mu
	listed int                // guarded by mu; the length of the list, in which replaced answers stay a while
}

// maxKnown bounds the answers that are remembered: names come from requests.
const maxKnown = 4096

// answer is what is known of a name, or will be once done is closed.
type answer struct {
	key     string
	done    chan struct{}
	address netip.Addr // the zero address for none
	until   time.Time
	next    *answer
}

// New returns a resolver that knows nothing yet.
func New(s Settings) *Resolver {
	s.Attempts = max(s.Attempts, 1)
	s.Servers = slices.Clone(s.Servers)
	for i := range s.Servers {
		if s.Servers[i].Counters == nil {
			s.Servers[i].Counters = new(Counters)
		}
	}
	return &Resolver{settings: s, known: map[string]*answer{}}
}

// Lookup returns an address of a name, of the wanted family if there is one, else of the other. It reports false when
// nobody knows one or ctx ends before. Who asks for a name that is being asked for waits for that answer.
func (r *Resolver) Lookup(ctx context.Context, name string, wanted Family) (netip.Addr, bool) {
	if _, ok := dns.IsDomainName(name); !ok || name == "" {
		return netip.Addr{}, false
	}
	key := string(rune('0'+wanted)) + strings.ToLower(name)
	a, mine := r.claim(key)
	if mine {
		go r.resolve(a, name, wanted)
	}
	select {
	case <-a.done:
		return a.address, a.address.IsValid()
	case <-ctx.Done():
		return netip.Addr{}, false
	}
}

// claim returns what is known under a key, or an answer for the caller to find.
func (r *Resolver) claim(key string) (a *answer, mine bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if a = r.known[key]; a != nil && (a.until.IsZero() || time.Now().Before(a.until)) {
		return a, false
	}
	a = &answer{key: key, done: make(chan struct{})}
	r.known[key] = a
	if r.newest == nil {
		r.oldest = a
	} else {
		r.newest.next = a
	}
	r.newest = a
	for r.listed++; r.listed > maxKnown; r.listed-- {
		r.forgetOldest()
	}
	return a, true
}

// forgetOldest drops one answer from the list, and from the map unless a later one took its place. mu is held.
func (r *Resolver) forgetOldest() {
	a := r.oldest
	r.oldest = a.next
	if r.known[a.key] == a {
		delete(r.known, a.key)
	}
}

// resolve finds an answer. It is bounded by the attempts, not by whoever asked first: others may wait for it.
func (r *Resolver) resolve(a *answer, name string, wanted Family) {
	other := IPv4
	if wanted == IPv4 {
		other = IPv6
	}
	address := r.ask(name, wanted)
	if !address.IsValid() {
		address = r.ask(name, other)
	}
	r.mu.Lock()
	a.address = address
	a.until = time.Now().Add(r.settings.HoldNX)
	if address.IsValid() {
		a.until = time.Now().Add(r.settings.HoldValid)
	}
	r.mu.Unlock()
	close(a.done)
}

// ask asks all servers at once, as often as the settings allow, and takes the first answer that has an address.
func (r *Resolver) ask(name string, family Family) netip.Addr {
	for range r.settings.Attempts {
		answers := make(chan reply, len(r.settings.Servers))
		for _, s := range r.settings.Servers {
			go func() { answers <- r.query(s, name, family) }()
		}
		missing := 0
		for range r.settings.Servers {
			switch got := <-answers; {
			case got.address.IsValid():
				return got.address
			case got.final:
				missing++
			}
		}
		if missing > 0 {
			return netip.Addr{} // one of them knows that there is none
		}
	}
	return netip.Addr{}
}

// reply is what one server answered.
type reply struct {
	address netip.Addr
	final   bool // the server knows the name, or that it does not exist
}

func (r *Resolver) query(s Server, name string, family Family) reply {
	got, outcome := r.exchange(context.Background(), s, name, uint16(family))
	if outcome != Resolved {
		return reply{final: outcome == NoName}
	}
	for _, record := range got.Answer {
		if address, ok := addressOf(record); ok && address.Is4() == (family == IPv4) {
			return reply{address, true}
		}
	}
	return reply{final: true}
}
