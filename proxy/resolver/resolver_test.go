package resolver

import (
	"context"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// nameServer answers for a.example (both families), v4.example and, never, for silent.example. It counts the questions.
func nameServer(t *testing.T, network string) (s Server, asked *atomic.Int64) {
	t.Helper()
	asked = &atomic.Int64{}
	started := make(chan struct{})
	server := &dns.Server{Net: network, Addr: "127.0.0.1:0", NotifyStartedFunc: func() { close(started) }}
	server.Handler = dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		asked.Add(1)
		m := new(dns.Msg).SetReply(q)
		name, kind := strings.ToLower(q.Question[0].Name), q.Question[0].Qtype
		switch {
		case name == "silent.example.":
			return
		case name == "refused.example.":
			m.Rcode = dns.RcodeRefused
		case name == "a.example." && kind == dns.TypeAAAA:
			m.Answer = append(m.Answer, record("a.example. 60 IN CNAME b.example."), record("b.example. 60 IN AAAA 2001:db8::1"))
		case name == "a.example." || name == "v4.example.":
			if kind == dns.TypeA {
				m.Answer = append(m.Answer, record(name+" 60 IN A 192.0.2.1"))
			}
		default:
			m.Rcode = dns.RcodeNameError
		}
		w.WriteMsg(m)
	})
	go server.ListenAndServe()
	t.Cleanup(func() { server.Shutdown() })
	<-started
	address := ""
	if network == "udp" {
		address = server.PacketConn.LocalAddr().String()
	} else {
		address = server.Listener.Addr().String()
	}
	return Server{Network: network, Address: address}, asked
}

func record(text string) dns.RR {
	rr, err := dns.NewRR(text)
	if err != nil {
		panic(err)
	}
	return rr
}

func TestResolver_Lookup(t *testing.T) {
	udp, _ := nameServer(t, "udp")
	tcp, _ := nameServer(t, "tcp")
	tests := []struct {
		name, host string
		family     Family
		want       string
	}{
		{"preferred IPv4", "a.example", IPv4, "192.0.2.1"},
		{"preferred IPv6, behind an alias", "A.example", IPv6, "2001:db8::1"},
		{"the other family", "v4.example", IPv6, "192.0.2.1"},
		{"no such name", "none.example", IPv4, "invalid IP"},
		{"refused", "refused.example", IPv4, "invalid IP"},
		{"no answer", "silent.example", IPv4, "invalid IP"},
		{"no name", "", IPv4, "invalid IP"},
		{"nonsense", "a..b", IPv4, "invalid IP"},
	}
	for _, server := range []Server{udp, tcp} {
		r := New(Settings{Servers: []Server{server}, Attempts: 1, Retry: 200 * time.Millisecond, PayloadSize: 1232, HoldValid: time.Hour})
		for _, test := range tests {
			t.Run(server.Network+" "+test.name, func(t *testing.T) {
				got, ok := r.Lookup(t.Context(), test.host, test.family)
				if got.String() != test.want || ok != got.IsValid() {
					t.Errorf("got %s, %t, want %s", got, ok, test.want)
				}
			})
		}
	}
}

// Many who ask for one name at a time cause one question, and later ones none as long as the answer holds.
func TestResolver_Lookup_Shared(t *testing.T) {
	server, asked := nameServer(t, "udp")
	r := New(Settings{Servers: []Server{server}, Retry: 5 * time.Second, HoldValid: time.Hour})
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			if got, _ := r.Lookup(context.Background(), "a.example", IPv4); got != netip.MustParseAddr("192.0.2.1") {
				t.Errorf("got %s", got)
			}
		})
	}
	group.Wait()
	if n := asked.Load(); n != 1 {
		t.Errorf("%d questions, want 1", n)
	}
}

// Who gives up waiting does not take the answer from others.
func TestResolver_Lookup_GivenUp(t *testing.T) {
	server, _ := nameServer(t, "udp")
	r := New(Settings{Servers: []Server{server}, Retry: 5 * time.Second, HoldValid: time.Hour})
	ended, end := context.WithCancel(context.Background())
	end()
	r.Lookup(ended, "a.example", IPv4)
	if _, ok := r.Lookup(context.Background(), "a.example", IPv4); !ok {
		t.Error("no answer")
	}
}

// What is remembered is bounded, however many names are asked for.
func TestResolver_Lookup_Bounded(t *testing.T) {
	r := New(Settings{})
	for i := range 3 * maxKnown {
		r.Lookup(context.Background(), string(rune('a'+i%26))+string(rune('a'+i/26%26))+string(rune('a'+i/676%26))+".example", IPv4)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.known) > maxKnown || r.listed > maxKnown {
		t.Errorf("%d names known, %d listed", len(r.known), r.listed)
	}
}
