package proxy

import (
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// nameServer answers for hosts that have an address here, until the test ends.
func nameServer(t *testing.T, hosts map[string]string) (address string) {
	t.Helper()
	started := make(chan struct{})
	server := &dns.Server{Net: "udp", Addr: "127.0.0.1:0", NotifyStartedFunc: func() { close(started) }}
	server.Handler = dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		host, known := hosts[q.Question[0].Name]
		switch {
		case !known:
			m.SetRcode(q, dns.RcodeNameError)
		case q.Question[0].Qtype == dns.TypeA:
			m.Answer = []dns.RR{&dns.A{Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET, Ttl: 1}, A: net.ParseIP(host)}}
		}
		w.WriteMsg(m)
	})
	go server.ListenAndServe()
	t.Cleanup(func() { server.Shutdown() })
	<-started
	return server.PacketConn.LocalAddr().String()
}

// A server whose name changes while traffic runs is where the new name says, apart from those that kept the old one.
func TestNames_Rename(t *testing.T) {
	names := nameServer(t, map[string]string{"one.example.": "192.0.2.1", "two.example.": "192.0.2.2", "three.example.": "192.0.2.3"})
	socket := filepath.Join(t.TempDir(), "admin")
	start(t, fmt.Sprintf(`
global
    stats socket %s level admin
resolvers r
    nameserver n %s
    timeout resolve 10ms
    timeout retry 10s
    hold valid 10ms
    hold obsolete 0
    hold nx 10ms
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
backend b
    server named one.example:80 resolvers r init-addr none
    server other one.example:80 resolvers r init-addr none resolve-opts allow-dup-ip
    server still 192.0.2.9:80 resolvers r
`, socket, names), Options{})

	// where are the addresses and administrative states of the servers, from "show servers state".
	where := func() string {
		var places []string
		for line := range strings.Lines(ask(t, socket, "show servers state b\n")) {
			if f := strings.Fields(line); len(f) > 17 && f[1] == "b" {
				places = append(places, f[4]+"/"+f[6]+"/"+f[17])
			}
		}
		return strings.Join(places, " ")
	}
	steps := []struct{ commands, want string }{
		{"", "192.0.2.1/0/one.example 192.0.2.1/0/one.example 192.0.2.9/0/-"},
		{"set server b/named fqdn two.example", "192.0.2.2/0/two.example 192.0.2.1/0/one.example 192.0.2.9/0/-"},
		{"set server b/named fqdn gone.example", "-/96/gone.example 192.0.2.1/0/one.example 192.0.2.9/0/-"},
		{"set server b/named fqdn three.example", "192.0.2.3/64/three.example 192.0.2.1/0/one.example 192.0.2.9/0/-"},
		{"set server b/still fqdn two.example; set server b/other fqdn three.example",
			"192.0.2.3/64/three.example 192.0.2.3/0/three.example 192.0.2.2/0/two.example"},
	}
	for _, step := range steps {
		if step.commands != "" {
			ask(t, socket, step.commands+"\n")
		}
		deadline := time.Now().Add(time.Minute)
		for got := where(); got != step.want; got = where() {
			if time.Now().After(deadline) {
				t.Fatalf("after %q: servers are at %s, want %s", step.commands, got, step.want)
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
}
