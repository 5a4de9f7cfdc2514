package frontend

import (
	"context"
	"io"
	"net"
	"testing"
	"time"

	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// eventually waits until a condition holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(what)
		}
	}
}

func silentOrigin(t testing.TB) string { return origin(t, func(c net.Conn) { io.Copy(io.Discard, c) }) }

func TestFrontend_Live(t *testing.T) {
	f, address := start(t, Config{ChooseBackend: to(backendOf(t, silentOrigin(t)))})
	c := dial(t, address)
	dial(t, address) // waits for a request, which is no exchange
	c.send("GET / HTTP/1.1\r\n\r\n")
	var live []Live
	eventually(t, "no server", func() bool {
		live = f.Live()
		return len(live) == 1 && live[0].Remote != nil
	})
	l := live[0]
	if l.Client.String() != c.LocalAddr().String() || l.Address.String() != address || l.Server == nil || l.Backend == nil ||
		l.Remote.String() != l.Server.Address().String() || l.Received == 0 {
		t.Errorf("got %+v", l)
	}
	if f.Kill(func(id uint64, _ *server.Server) bool { return id == l.ID+1 }) {
		t.Error("an exchange was killed that there is not")
	}
	if !f.Kill(func(_ uint64, target *server.Server) bool { return target == l.Server }) {
		t.Error("nothing was killed")
	}
	if r, _ := c.response("GET"); r.StatusCode != 502 {
		t.Errorf("status %d", r.StatusCode)
	}
	eventually(t, "it is still there", func() bool { return len(f.Live()) == 0 })
}

func TestFrontend_Kill_WithoutServer(t *testing.T) {
	f, address := start(t, Config{ContentRules: func(s *stream.Stream) stream.Verdict {
		<-s.Context.Done()
		return stream.Deny
	}})
	c := dial(t, address)
	c.send("GET / HTTP/1.1\r\n\r\n")
	eventually(t, "no exchange", func() bool { return len(f.Live()) == 1 })
	f.Kill(func(uint64, *server.Server) bool { return true })
	c.rest()
	eventually(t, "it is still there", func() bool { return len(f.Live()) == 0 })
}

func TestFrontend_Pause(t *testing.T) {
	// A port that the system chose is not kept without a listener, so it is asked for by number.
	reserved, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := reserved.Addr().String()
	reserved.Close()
	l, err := net.Listen("tcp", address)
	if err != nil {
		t.Skip("the port was taken meanwhile")
	}
	f := New(Config{RequestRules: hello, Proxy: &stream.Proxy{Name: "test", Mode: stream.ModeHTTP}})
	go f.Serve(&Listener{Listener: l, Identity: &stream.Listener{}})
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
		defer cancel()
		f.Shutdown(ctx)
	})
	for range 2 {
		if !f.Pause() || f.Pause() || f.Condition() != Paused {
			t.Fatal("not paused")
		}
		eventually(t, "clients are let in", func() bool {
			c, err := net.Dial("tcp", address)
			if err == nil {
				c.Close()
			}
			return err != nil
		})
		if !f.Resume() || f.Resume() || f.Condition() != Open {
			t.Fatal("not resumed")
		}
		c := dial(t, address)
		c.send("GET / HTTP/1.1\r\n\r\n")
		c.response("GET")
	}
	if !f.StopAccepting() || f.StopAccepting() || f.Pause() || f.Condition() != Stopped {
		t.Error("not stopped")
	}
}

func TestSlots(t *testing.T) {
	s, cut := NewSlots(1), make(chan struct{})
	s.Take(cut)
	got := make(chan bool)
	for range 2 {
		go func() { got <- s.Take(cut) }()
	}
	s.Resize(2)
	if !<-got {
		t.Error("no slot after the bound was raised")
	}
	s.Resize(1)
	s.Give()
	select {
	case <-got:
		t.Error("a slot beyond the bound")
	case <-time.After(10 * time.Millisecond):
	}
	s.Give()
	if !<-got {
		t.Error("no slot after one was given back")
	}
	go func() { got <- s.Take(cut) }()
	close(cut)
	if <-got {
		t.Error("a slot after the end")
	}
}

// What an exchange pays for being visible.
func BenchmarkPresence(b *testing.B) {
	var p presence
	backend, target, now := new(stream.Proxy), new(server.Server), time.Now()
	b.ReportAllocs()
	for b.Loop() {
		p.appear(1, now)
		p.choose(backend)
		p.aim(target)
		p.vanish()
	}
}
