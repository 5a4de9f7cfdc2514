//go:build linux

package socket

import (
	"net"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestConnection_Control(t *testing.T) {
	l, err := Listen(t.Context(), Options{Network: "tcp", Address: "127.0.0.1:0", Connection: Connection{
		KeepAlive: KeepAlive{Enabled: true, Count: 7, Idle: 60 * time.Second, Interval: 5 * time.Second}, ReceiveBuffer: 5000,
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	asked := Connection{
		KeepAlive:   KeepAlive{Enabled: true, Idle: 30 * time.Second},
		UserTimeout: 1500 * time.Millisecond, SendBuffer: 6000, LatePort: true,
	}
	dialer := net.Dialer{KeepAlive: -1, Control: asked.Control}
	near, err := dialer.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer near.Close()
	far, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	tests := []struct {
		name          string
		conn          net.Conn
		level, option int
		want          int
	}{
		{"probes of the client", far, unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1},
		{"count", far, unix.IPPROTO_TCP, unix.TCP_KEEPCNT, 7},
		{"idle", far, unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, 60},
		{"interval", far, unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, 5},
		{"receive buffer", far, unix.SOL_SOCKET, unix.SO_RCVBUF, 10000}, // the system doubles it
		{"probes of the server", near, unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1},
		{"idle server", near, unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, 30},
		{"user timeout", near, unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, 1500},
		{"send buffer", near, unix.SOL_SOCKET, unix.SO_SNDBUF, 12000},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			raw, err := tt.conn.(*net.TCPConn).SyscallConn()
			if err != nil {
				t.Fatal(err)
			}
			raw.Control(func(fd uintptr) {
				if got, err := unix.GetsockoptInt(int(fd), tt.level, tt.option); got != tt.want || err != nil {
					t.Errorf("%d, %v, want %d", got, err, tt.want)
				}
			})
		})
	}
}
