package server

import (
	"io"
	"net"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tidelock/proxy/stream"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// listening returns a server that accepts connections, and where they come out.
func listening(t *testing.T) (*Server, <-chan net.Conn) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	accepted := make(chan net.Conn, 8)
	go func() {
		defer close(accepted)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			accepted <- c
		}
	}()
	at := l.Addr().(*net.TCPAddr)
	s := New(stream.Server{Name: "s", ID: 1}, Address{Network: "tcp", Host: at.IP.String(), Port: at.Port}, Settings{Weight: 1, Pool: DefaultPool})
	prepared(s)
	t.Cleanup(func() {
		s.Close()
		l.Close()
		for c := range accepted {
			c.Close()
		}
	})
	return s, accepted
}

func dialed(t *testing.T, s *Server) *Conn {
	c, err := s.Dial(t.Context(), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestServer_Idle(t *testing.T) {
	s, accepted := listening(t)
	if s.Idle() != nil {
		t.Fatal("an idle connection before the first")
	}
	first, second := dialed(t, s), dialed(t, s)
	(<-accepted).Close()
	other := <-accepted
	defer other.Close()
	first.Keep()
	second.Keep()
	if c := s.Idle(); c != second {
		t.Error("not the most recently used first")
	}
	if c := s.Idle(); c != first || c.Exchanges != 1 {
		t.Error("not the other one")
	}
	if s.Idle() != nil {
		t.Error("a third")
	}
	first.Close()
	second.Close()
}

// A connection is silent while it is open, and not once the server closed it or sent something unasked.
func TestConn_Alive(t *testing.T) {
	tests := []struct {
		name string
		act  func(net.Conn)
		want bool
	}{
		{"silent", func(net.Conn) {}, true},
		{"closed", func(c net.Conn) { c.Close() }, false},
		{"talks", func(c net.Conn) { io.WriteString(c, "HTTP/1.1 408\r\n\r\n") }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, accepted := listening(t)
			c := dialed(t, s)
			defer c.Close()
			peer := <-accepted
			defer peer.Close()
			tt.act(peer)
			for deadline := time.Now().Add(10 * time.Second); c.Alive() != tt.want && time.Now().Before(deadline); {
				time.Sleep(time.Millisecond)
			}
			if c.Alive() != tt.want {
				t.Errorf("Alive is not %v", tt.want)
			}
		})
	}
}

// What a server sent beyond its response must not reach another client.
func TestConn_Keep_UnreadInput(t *testing.T) {
	s, accepted := listening(t)
	c := dialed(t, s)
	peer := <-accepted
	defer peer.Close()
	io.WriteString(peer, "more")
	if err := c.Fill(); err != nil {
		t.Fatal(err)
	}
	c.Keep()
	if s.Idle() != nil {
		t.Error("kept with unread input")
	}
}

func TestServer_Close(t *testing.T) {
	s, accepted := listening(t)
	idle, busy := dialed(t, s), dialed(t, s)
	peers := []net.Conn{<-accepted, <-accepted}
	idle.Keep()
	s.Close()
	busy.Keep()
	for _, p := range peers {
		if _, err := p.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("read %v, want the end", err)
		}
		p.Close()
	}
}

func TestServer_Dial_Errors(t *testing.T) {
	s := New(stream.Server{Name: "s", ID: 1}, Address{Network: "unix", Host: t.TempDir() + "/missing"}, Settings{Weight: 1})
	prepared(s)
	if _, err := s.Dial(t.Context(), nil, time.Second); err == nil {
		t.Fatal("no error")
	}
}

// prepared puts servers into a backend with round robin.
func prepared(servers ...*Server) *Backend {
	b := &Backend{Proxy: &stream.Proxy{Name: "b"}, Initial: servers}
	b.Prepare()
	return b
}
