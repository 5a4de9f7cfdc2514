package proxy

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tidelock/proxy/config"
)

// ask sends lines to the runtime API at a unix socket and returns the whole answer.
func ask(t *testing.T, path, lines string) string {
	t.Helper()
	c, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, lines)
	c.(*net.UnixConn).CloseWrite()
	answer, err := io.ReadAll(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(answer)
}

func TestProxy_Runtime(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "admin")
	r := start(t, fmt.Sprintf(`
global
    stats socket %s mode 600 level admin
    stats socket 192.0.2.1:9999 level user severity-output number
    stats timeout 1m
`, socket), Options{Version: "2.6.12-test"})

	want := "2.6.12-test\n\n# socket lvl processes\nunix@" + socket + " admin all\nipv4@192.0.2.1:9999 user all\n\n" +
		"HAPROXY_CLI=unix@" + socket + ";ipv4@192.0.2.1:9999\n\nVariable not found\n\n"
	if got := ask(t, socket, "show version;show cli sockets;show env HAPROXY_CLI;show env HAPROXY\n"); got != want {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if info, err := os.Stat(socket); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode is %v, %v", info.Mode(), err)
	}

	c, err := net.Dial("tcp", r.addresses["192.0.2.1:9999"])
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	io.WriteString(c, "show env\n")
	if got, _ := io.ReadAll(c); string(got) != "[3]: Permission denied\n\n" {
		t.Errorf("got %q", got)
	}
}

func TestProxy_Runtime_Errors(t *testing.T) {
	path := filepath.Join(t.TempDir(), "nowhere", "admin")
	r := build(t, "global\n    stats socket "+path+"\n", Options{})
	err := r.Start(t.Context())
	if err == nil || !strings.HasPrefix(err.Error(), "Binding [test.cfg:2] for frontend GLOBAL: cannot bind UNIX socket") || !strings.HasSuffix(err.Error(), "["+path+"]") {
		t.Errorf("error is %v", err)
	}
	if err := r.Stop(t.Context()); err != nil {
		t.Error(err)
	}
}

func Test_socketAddress(t *testing.T) {
	tests := []struct {
		name    string
		address config.Address
		want    string
	}{
		{"path", config.Address{Network: "unix", Path: "/run/a"}, "unix@/run/a"},
		{"abstract", config.Address{Network: "unix", Path: "@a"}, "abns@a"},
		{"IPv4", config.Address{Network: "tcp4", Host: "10.0.0.1", Port: 5}, "ipv4@10.0.0.1:5"},
		{"all of IPv4", config.Address{Network: "tcp4", Port: 5}, "ipv4@0.0.0.0:5"},
		{"IPv6", config.Address{Network: "tcp", Host: "::1", Port: 5}, "ipv6@[::1]:5"},
		{"all of IPv6", config.Address{Network: "tcp6", Port: 5}, "ipv6@[::]:5"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			if got := socketAddress(tc.address); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}
