//go:build linux

package socket

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

func TestListen_Options(t *testing.T) {
	o := Options{
		Network: "tcp4", Address: "127.0.0.1:0", Backlog: 5, Interface: "lo", MSS: 1000, UserTimeout: 1500e6,
		FastOpen: true, DeferAccept: true, Transparent: true,
	}
	l, err := Listen(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	raw, _ := l.(syscall.Conn).SyscallConn()
	raw.Control(func(fd uintptr) {
		for _, want := range []option{
			{unix.SOL_SOCKET, unix.SO_REUSEPORT, 1}, {unix.IPPROTO_TCP, unix.TCP_MAXSEG, 1000},
			{unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, 1500}, {unix.IPPROTO_TCP, unix.TCP_FASTOPEN, 1024},
			{unix.IPPROTO_TCP, unix.TCP_DEFER_ACCEPT, 1},
		} {
			if got, err := unix.GetsockoptInt(int(fd), want.level, want.name); err != nil || got != want.value {
				t.Errorf("option %d: %d, %v, want %d", want.name, got, err, want.value)
			}
		}
		if device, err := unix.GetsockoptString(int(fd), unix.SOL_SOCKET, unix.SO_BINDTODEVICE); err != nil || device != "lo" {
			t.Errorf("interface %q, %v", device, err)
		}
	})
}

func TestListen_Exclusive(t *testing.T) {
	o := Options{Network: "tcp4", Address: "127.0.0.1:0"}
	for _, exclusive := range []bool{false, true} {
		first, err := Listen(t.Context(), Options{Network: o.Network, Address: o.Address, Exclusive: exclusive})
		if err != nil {
			t.Fatal(err)
		}
		second, err := Listen(t.Context(), Options{Network: o.Network, Address: first.Addr().String()})
		if (err != nil) != exclusive {
			t.Errorf("exclusive %v: %v", exclusive, err)
		}
		if err == nil {
			second.Close()
		}
		first.Close()
	}
}

func TestListen_Unix(t *testing.T) {
	path := filepath.Join(t.TempDir(), "socket")
	o := Options{Network: "unix", Address: path, Permission: 0o640}
	first, err := Listen(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if first.Addr().String() != path {
		t.Errorf("address %s", first.Addr())
	}
	// A second one takes its place while the first still listens.
	second, err := Listen(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	first.Close()
	reached(t, second, path)
	second.Close()
	if _, err := os.Stat(path); err != nil {
		t.Error("the path went away with the listener")
	}
	if left, _ := filepath.Glob(path + ".*"); left != nil {
		t.Errorf("left behind: %v", left)
	}
}

func TestListen_Abstract(t *testing.T) {
	name := "@" + filepath.Base(t.TempDir()) + t.Name()
	l, err := Listen(t.Context(), Options{Network: "unix", Address: name})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	reached(t, l, name+strings.Repeat("\x00", abstractLength-len(name)))
}

func TestListen_Inherited(t *testing.T) {
	original, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	file, err := original.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	original.Close()
	fd, err := unix.Dup(int(file.Fd())) // Listen closes what it is given
	if err != nil {
		t.Fatal(err)
	}
	file.Close()
	l, err := Listen(t.Context(), Options{Network: "fd", FD: fd})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	reached(t, l, l.Addr().String())
}

func TestListen_Errors(t *testing.T) {
	tests := []struct {
		name    string
		options Options
		want    string
	}{
		{"no such folder", Options{Network: "unix", Address: "/nonexistent/socket"}, "no such file"},
		{"no such interface", Options{Network: "tcp4", Address: "127.0.0.1:0", Interface: "nosuch0"}, "no such device"},
		{"address of nobody", Options{Network: "tcp4", Address: "192.0.2.1:0"}, "cannot assign"},
		{"closed descriptor", Options{Network: "fd", FD: 99999}, "bad file descriptor"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l, err := Listen(t.Context(), tt.options)
			if err == nil {
				l.Close()
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func reached(t *testing.T, l net.Listener, address string) {
	t.Helper()
	c, err := net.Dial(l.Addr().Network(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	accepted, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	accepted.Close()
}
