package socket

import (
	"net"
	"testing"
)

func TestOriginalDestination(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	accepted, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer accepted.Close()
	near, far := net.Pipe()
	defer near.Close()
	defer far.Close()
	for _, tt := range []struct {
		name string
		conn net.Conn
	}{
		{"came by itself", accepted},
		{"no TCP", near},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if to, redirected := OriginalDestination(tt.conn); redirected && to != accepted.LocalAddr().(*net.TCPAddr).AddrPort() {
				t.Errorf("redirected, from %s", to)
			}
		})
	}
}
