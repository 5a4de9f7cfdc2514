package proxy

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"testing"

	"tidelock/proxy/config"
	"tidelock/proxy/counter"
	"tidelock/proxy/frontend"
)

func Test_maxConnections(t *testing.T) {
	tests := []struct {
		name                  string
		global, section, want int
	}{
		{"unlimited", 0, 0, 0},
		{"of the process", 5, 0, 5},
		{"of the section", 0, 3, 3},
		{"both, the section's is less", 5, 3, 3},
		{"both, the process's is less", 2, 3, 2},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			section := &config.Proxy{Settings: config.Settings{Maxconn: tc.section}}
			if got := maxConnections(&config.Global{Maxconn: tc.global}, section); got != tc.want {
				t.Errorf("got %d, want %d", got, tc.want)
			}
		})
	}
}

// One connection in all: that of the first frontend keeps the second waiting.
func TestProxy_Maxconn(t *testing.T) {
	r := start(t, `
global
    maxconn 1
defaults
    mode http
    timeout client 1m
frontend a
    bind 192.0.2.1:80
    http-request return status 200
frontend b
    bind 192.0.2.1:81
    http-request return status 200
`, Options{})
	first, err := net.Dial("tcp", r.addresses["192.0.2.1:80"])
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	ask := func(c net.Conn) error {
		if _, err := fmt.Fprint(c, "GET / HTTP/1.1\r\nhost: x\r\n\r\n"); err != nil {
			return err
		}
		response, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err == nil {
			response.Body.Close()
		}
		return err
	}
	if err := ask(first); err != nil {
		t.Fatal(err)
	}
	second, err := net.Dial("tcp", r.addresses["192.0.2.1:81"])
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	answered := make(chan error, 1)
	go func() { answered <- ask(second) }()
	if err := ask(first); err != nil {
		t.Fatal(err)
	}
	if n := r.frontends[1].Proxy.FrontendCounters.Value(counter.Connections); n != 0 {
		t.Errorf("%d connections beside the only one allowed", n)
	}
	first.Close()
	if err := <-answered; err != nil {
		t.Error(err)
	}
}

// A listener that waits for a slot closes.
func Test_limitedListener_Close(t *testing.T) {
	raw, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	slots := frontend.NewSlots(1)
	slots.Take(nil)
	l := limited(raw, slots)
	c, err := net.Dial("tcp", raw.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	accepted := make(chan error)
	go func() {
		_, err := l.Accept()
		accepted <- err
	}()
	l.Close()
	if err := <-accepted; err == nil {
		t.Error("accepted beyond the limit")
	}
	l.Close()
}
