package server

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"tidelock/proxy/counter"
	"tidelock/proxy/stream"
)

func newAdded(name string, id int, settings Settings) *Server {
	s := New(stream.Server{Name: name, ID: id, Counters: new(counter.Row)}, Address{Network: "tcp", Host: "127.0.0.1", Port: 1}, settings)
	s.StartAdded(nil, false)
	return s
}

// TestBackend_Add_Meanwhile adds and removes servers while exchanges go on, with each algorithm.
func TestBackend_Add_Meanwhile(t *testing.T) {
	for i := range Algorithms {
		a := &Algorithms[i]
		t.Run(a.Name, func(t *testing.T) {
			b := backendOf(a.Name, Options{Consistent: true}, 1, 2)
			defer b.Close()
			done := make(chan struct{})
			var exchanges sync.WaitGroup
			for n := range 4 {
				exchanges.Go(func() {
					st := &stream.Stream{Context: context.Background()}
					for key := uint32(n); ; key += 7 {
						select {
						case <-done:
							return
						default:
						}
						s, err := b.Assign(st, &Request{Key: key, Keyed: a.Keyed})
						if err != nil {
							t.Errorf("Assign: %v", err)
							return
						}
						s.Leave()
					}
				})
			}
			for round := range 50 {
				added := newAdded(fmt.Sprint("added", round), b.Roster().FreeID(), Settings{Weight: 3, MaxConn: 2, MinConn: 1})
				if err := b.Add(added); err != nil {
					t.Fatal(err)
				}
				added.SetAdmin(0, Maintenance)
				added.SetWeight(5)
				added.SetAdmin(Maintenance, 0)
				for err := b.Remove(added); err != nil; err = b.Remove(added) {
					if !errors.Is(err, ErrConnections) {
						t.Fatal(err)
					}
				}
			}
			close(done)
			exchanges.Wait()
			if n := len(b.Servers()); n != 2 {
				t.Errorf("%d servers remain, want 2", n)
			}
		})
	}
}

func TestBackend_Add_Errors(t *testing.T) {
	b := backendOf("roundrobin", Options{}, 1)
	if err := b.Add(newAdded(b.Servers()[0].Name, 2, Settings{Weight: 1})); !errors.Is(err, ErrKnownName) {
		t.Errorf("a second one of the name: %v, want %v", err, ErrKnownName)
	}
}

func TestBackend_Remove_Errors(t *testing.T) {
	tests := []struct {
		name  string
		state func(*Server)
		want  error
	}{
		{"in service", func(*Server) {}, ErrInService},
		{"pinned", func(s *Server) { s.SetAdmin(Maintenance, 0); s.Pin() }, ErrPinned},
		{"busy", func(s *Server) { s.enter(); s.SetAdmin(Maintenance, 0) }, ErrConnections},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := backendOf("roundrobin", Options{}, 1)
			s := b.Servers()[0]
			tt.state(s)
			if err := b.Remove(s); !errors.Is(err, tt.want) {
				t.Errorf("Remove = %v, want %v", err, tt.want)
			}
		})
	}
}

// TestServer_CookieValue compares values with those of HAProxy's for the same addresses.
func TestServer_CookieValue(t *testing.T) {
	tests := []struct {
		name string
		at   Address
		want string
	}{
		{"version 4", Address{Network: "tcp", Host: "127.0.0.1", Port: 19811}, "b9ea052e5c9d3228"},
		{"version 6", Address{Network: "tcp", Host: "::1", Port: 19813}, "20070164f03ebfc9"},
		{"offset", Address{Network: "tcp", Host: "127.0.0.1", Port: 1, Offset: true}, "b9b2ae8cdb8e24fb"},
		{"the client's port", Address{Network: "tcp", Host: "127.0.0.1"}, "5ae28946eaa8b449"},
		{"local", Address{Network: "unix", Host: "/x.sock"}, ""},
		{"unknown", Address{Network: "tcp", Port: 80}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := New(stream.Server{Name: "s", ID: 1}, tt.at, Settings{Weight: 1})
			b := &Backend{Proxy: &stream.Proxy{Name: "b"}, Initial: []*Server{s}}
			b.Prepare()
			b.SetDynamicCookie(func(d *DynamicCookie) { *d = DynamicCookie{Enabled: true, Key: "sesame"} })
			if got := s.CookieValue(); got != tt.want {
				t.Errorf("CookieValue = %q, want %q", got, tt.want)
			}
		})
	}
}
