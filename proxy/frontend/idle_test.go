package frontend

import (
	"context"
	"io"
	"net"
	"runtime"
	"testing"
	"time"
)

// until polls for a condition that must come about.
func until(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !condition(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not in time: %s", what)
		}
	}
}

// count returns how many sessions wait.
func (l *lot) count() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for s := l.first; s != nil; s = s.place.next {
		n++
	}
	return n
}

// onLinux skips where there is no lot.
func onLinux(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("connections keep their goroutines on this system")
	}
}

// exchange asks once and reads the answer of hello.
func (c *client) exchange() {
	c.t.Helper()
	c.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	if r, body := c.response("GET"); r.StatusCode != 200 || body != "hello" {
		c.t.Fatalf("got %d %q", r.StatusCode, body)
	}
}

// Connections come back from the lot as often as they like.
func TestFrontend_Idle_GoesOn(t *testing.T) {
	onLinux(t)
	f, address := start(t, Config{RequestRules: hello})
	a, b := dial(t, address), dial(t, address)
	for range 3 {
		a.exchange()
		b.exchange()
		until(t, "both wait in the lot", func() bool { return f.lot.count() == 2 })
	}
	a.Close()
	until(t, "one has left", func() bool { return f.lot.count() == 1 })
	b.exchange()
}

func TestFrontend_Idle_TimesOut(t *testing.T) {
	f, address := start(t, Config{RequestRules: hello, Timeouts: Timeouts{HTTPKeepAlive: 3 * grace, Client: patience}})
	a, b := dial(t, address), dial(t, address)
	a.exchange()
	b.exchange()
	for _, c := range []*client{a, b} {
		if got := c.rest(); got != "" {
			t.Errorf("got %q", got)
		}
	}
	if n := f.lot.count(); n != 0 {
		t.Errorf("%d sessions left in the lot", n)
	}
}

// A proxy that stops closes the connections in the lot at once.
func TestFrontend_Idle_Shutdown(t *testing.T) {
	onLinux(t)
	f, address := start(t, Config{RequestRules: hello})
	c := dial(t, address)
	c.exchange()
	until(t, "it waits in the lot", func() bool { return f.lot.count() == 1 })
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := f.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
	if got := c.rest(); got != "" {
		t.Errorf("got %q", got)
	}
}

// A connection that sends nothing at first waits without a buffer, and is served when it does.
func TestFrontend_Idle_First(t *testing.T) {
	c := dial(t, serve(t, Config{RequestRules: hello}))
	time.Sleep(3 * grace)
	c.exchange()
}

// crowd opens connections, has each do something and returns what memory and goroutines that took, both sides together.
func crowd(t *testing.T, address string, n int, begin func(net.Conn), settled func() bool) (bytes, goroutines int) {
	t.Helper()
	var before, after runtime.MemStats
	measure := func(m *runtime.MemStats) int {
		runtime.GC()
		runtime.GC()
		runtime.ReadMemStats(m)
		return runtime.NumGoroutine()
	}
	had := measure(&before)
	for range n {
		c, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		c.SetDeadline(time.Now().Add(patience))
		begin(c)
	}
	until(t, "all connections wait", settled)
	has := measure(&after)
	used := func(m *runtime.MemStats) int { return int(m.HeapAlloc + m.StackInuse) }
	return used(&after) - used(&before), has - had
}

// Ten thousand idle connections are measured by make bench-proxy; this holds the order of magnitude.
func TestFrontend_Idle_Memory(t *testing.T) {
	onLinux(t)
	const n = 300
	f, address := start(t, Config{RequestRules: hello})
	bytes, goroutines := crowd(t, address, n, func(c net.Conn) {
		io.WriteString(c, "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
		c.Read(make([]byte, 512))
	}, func() bool { return f.lot.count() == n })
	if each := bytes / n; each > 8192 {
		t.Errorf("%d bytes for each idle connection, both sides", each)
	}
	if goroutines > n/10 {
		t.Errorf("%d goroutines for %d idle connections", goroutines, n)
	}
}

// Clients that send a byte now and then hold a goroutine and little else, and others are served meanwhile.
func TestFrontend_SlowClients(t *testing.T) {
	const n = 300
	address := serve(t, Config{RequestRules: hello})
	bytes, _ := crowd(t, address, n, func(c net.Conn) {
		for _, piece := range []string{"GET / HTTP/1.1\r\n", "Host: a\r\n", "X: "} {
			io.WriteString(c, piece)
		}
	}, func() bool { return true })
	if each := bytes / n; each > 16<<10 {
		t.Errorf("%d bytes for each slow client, both sides", each)
	}
	dial(t, address).exchange()
}
