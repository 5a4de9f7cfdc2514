//go:build unix

package handover

import (
	"encoding/binary"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pair returns the two ends of a connection.
func pair(t *testing.T) (a, b *net.UnixConn) {
	t.Helper()
	l, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dialed, err := net.Dial("unix", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dialed.Close(); accepted.Close() })
	return dialed.(*net.UnixConn), accepted.(*net.UnixConn)
}

// listen has s take over or open a socket.
func listen(s *Sockets, network, address string) (net.Listener, error) {
	return s.Listen(network, address, func() (net.Listener, error) {
		l, err := net.Listen(network, address)
		if unix, ok := l.(*net.UnixListener); ok {
			unix.SetUnlinkOnClose(false)
		}
		return l, err
	})
}

// over moves the sockets of one process to another.
func over(t *testing.T, send func(*net.UnixConn) error, to *Sockets) {
	t.Helper()
	a, b := pair(t)
	sent := make(chan error, 1)
	go func() { sent <- send(a) }()
	if err := to.Receive(b); err != nil {
		t.Fatal(err)
	}
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
}

// A client that connected to the old process, and that it never accepted, is served by the new one; a supervisor
// between them changes nothing.
func TestSockets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "www")
	for _, tc := range []struct{ name, network, address string }{{"tcp", "tcp4", "127.0.0.1:0"}, {"unix", "unix", path}} {
		t.Run(tc.name, func(t *testing.T) {
			before, between, after := &Sockets{}, &Sockets{}, &Sockets{}
			old, err := listen(before, tc.network, tc.address)
			if err != nil {
				t.Fatal(err)
			}
			client, err := net.Dial(old.Addr().Network(), old.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()

			over(t, before.Send, between)
			over(t, between.Relay, after)
			between.Decline()
			next, err := listen(after, tc.network, tc.address)
			if err != nil {
				t.Fatal(err)
			}
			defer next.Close()
			old.Close()
			if next.Addr().String() != old.Addr().String() {
				t.Errorf("listens on %v, not on %v", next.Addr(), old.Addr())
			}
			server, err := next.Accept()
			if err != nil {
				t.Fatal(err)
			}
			server.Close()
			again, err := net.Dial(next.Addr().Network(), next.Addr().String())
			if err != nil {
				t.Fatal(err) // the old process must not have removed the path
			}
			again.Close()
		})
	}
}

// There may be more sockets than one message carries. What the new configuration does not name any more is closed.
func TestSockets_Many(t *testing.T) {
	folder := t.TempDir()
	before, after := &Sockets{}, &Sockets{}
	for i := range batch + 10 {
		l, err := listen(before, "unix", filepath.Join(folder, fmt.Sprint(i)))
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
	}
	over(t, before.Send, after)
	if len(after.offered) != batch+10 {
		t.Errorf("%d sockets", len(after.offered))
	}
	after.Decline()
	if len(after.offered) != 0 {
		t.Error("still offered")
	}
}

func TestSockets_Receive_Errors(t *testing.T) {
	header := func(n int) string { return string(binary.BigEndian.AppendUint32(nil, uint32(n))) }
	for _, tc := range []struct{ name, sent, want string }{
		{"nothing", "", "EOF"},
		{"half a header", "\x00\x00", "unexpected EOF"},
		{"too long", header(1 << 30), "bytes of names"},
		{"no JSON", header(1) + "x", "invalid character"},
		{"no descriptors", header(len(`[{}]`)) + `[{}]` + "x", "0 descriptors"},
		{"ends before the descriptors", header(len(`[{}]`)) + `[{}]`, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a, b := pair(t)
			if _, err := a.Write([]byte(tc.sent)); err != nil {
				t.Fatal(err)
			}
			a.Close()
			var s Sockets
			if err := s.Receive(b); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}
