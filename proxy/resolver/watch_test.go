package resolver

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"github.com/miekg/dns"
	"go.uber.org/goleak"
)

// scripted is a name server whose answers are set while it runs; without one it is silent.
func scripted(t *testing.T, answer func(q *dns.Msg) *dns.Msg) Server {
	t.Helper()
	started := make(chan struct{})
	server := &dns.Server{Net: "udp", Addr: "127.0.0.1:0", NotifyStartedFunc: func() { close(started) }}
	server.Handler = dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		if m := answer(q); m != nil {
			w.WriteMsg(m)
		}
	})
	go server.ListenAndServe()
	t.Cleanup(func() { server.Shutdown() })
	<-started
	return Server{Name: "ns1", Network: "udp", Address: server.PacketConn.LocalAddr().String(), Counters: new(Counters)}
}

func TestResolver_Run(t *testing.T) {
	rcode := func(code int) func(*dns.Msg) *dns.Msg {
		return func(q *dns.Msg) *dns.Msg { return new(dns.Msg).SetRcode(q, code) }
	}
	records := func(texts ...string) func(*dns.Msg) *dns.Msg {
		return func(q *dns.Msg) *dns.Msg {
			m := new(dns.Msg).SetReply(q)
			for _, text := range texts {
				if rr := record(text); rr.Header().Rrtype == q.Question[0].Qtype && rr.Header().Name == q.Question[0].Name {
					m.Answer = append(m.Answer, rr)
				}
			}
			return m
		}
	}
	tests := []struct {
		name    string
		answer  func(*dns.Msg) *dns.Msg
		service bool
		outcome Outcome
		places  []Place
	}{
		{"an address", records("x.example. 1 IN A 192.0.2.1"), false, Resolved, []Place{{Address: netip.MustParseAddr("192.0.2.1")}}},
		{"the preferred family", records("x.example. 1 IN A 192.0.2.1", "x.example. 1 IN AAAA 2001:db8::1"), false, Resolved,
			[]Place{{Address: netip.MustParseAddr("2001:db8::1")}}},
		{"twice the same", records("x.example. 1 IN A 192.0.2.1", "x.example. 9 IN A 192.0.2.1"), false, Resolved,
			[]Place{{Address: netip.MustParseAddr("192.0.2.1")}}},
		{"no record", records(), false, NoName, nil},
		{"no name", rcode(dns.RcodeNameError), false, NoName, nil},
		{"refused", rcode(dns.RcodeRefused), false, Refused, nil},
		{"failed", rcode(dns.RcodeServerFailure), false, Failed, nil},
		{"silence", func(*dns.Msg) *dns.Msg { return nil }, false, TimedOut, nil},
		{"another question", func(q *dns.Msg) *dns.Msg {
			m := new(dns.Msg).SetReply(q)
			m.Question[0].Name = "y.example."
			return m
		}, false, Failed, nil},
		{"a service", records("x.example. 1 IN SRV 1 7 8001 n.example.", "n.example. 1 IN A 192.0.2.2"), true, Resolved,
			[]Place{{netip.MustParseAddr("192.0.2.2"), 8001, 7, "n.example"}}},
		{"a service without a host", records("x.example. 1 IN SRV 1 7 8001 n.example."), true, Resolved, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			leaks := goleak.IgnoreCurrent()
			s := scripted(t, tt.answer)
			inTest := goleak.IgnoreCurrent()
			r := New(Settings{Servers: []Server{s}, Attempts: 1, Retry: 300 * time.Millisecond, PayloadSize: 512})
			ctx, cancel := context.WithCancel(t.Context())
			answers := make(chan Answer, 1)
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				r.Run(ctx, &Watch{Name: "x.example", Service: tt.service, Preferred: IPv6, Every: time.Hour, Apply: func(a Answer) { answers <- a }})
			}()
			got := <-answers
			cancel()
			<-ended
			if err := goleak.Find(leaks, inTest); err != nil {
				t.Error(err)
			}
			if got.Outcome != tt.outcome || len(got.Places) != len(tt.places) {
				t.Fatalf("got %v, want %v %v", got, tt.outcome, tt.places)
			}
			for i := range tt.places {
				if got.Places[i] != tt.places[i] {
					t.Errorf("got %v, want %v", got.Places[i], tt.places[i])
				}
			}
		})
	}
}

// A place that was answered not long ago stays.
func Test_remember(t *testing.T) {
	a, b := Place{Port: 1}, Place{Port: 2}
	seen := map[Place]time.Time{}
	now := time.Now()
	remember(seen, []Place{a, b}, now, time.Minute)
	if got := remember(seen, []Place{a}, now.Add(time.Second), time.Minute); len(got) != 2 {
		t.Errorf("got %v", got)
	}
	if got := remember(seen, []Place{a}, now.Add(time.Hour), time.Minute); len(got) != 1 || len(seen) != 1 {
		t.Errorf("got %v of %v", got, seen)
	}
}

// Whatever a name server sends is an answer without places or is bounded.
func FuzzAddressOf(f *testing.F) {
	m := new(dns.Msg).SetQuestion("x.example.", dns.TypeA)
	m.Answer = []dns.RR{record("x.example. 1 IN A 192.0.2.1"), record("x.example. 1 IN SRV 1 7 8001 n.example.")}
	packed, _ := m.Pack()
	f.Add(packed)
	f.Fuzz(func(t *testing.T, b []byte) {
		m := new(dns.Msg)
		if m.Unpack(b) != nil {
			return
		}
		for _, rr := range m.Answer {
			if a, ok := addressOf(rr); ok && !a.IsValid() {
				t.Error("an invalid address")
			}
		}
	})
}
