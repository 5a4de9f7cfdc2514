package clienthello

import (
	"crypto/tls"
	"io"
	"net"
	"testing"
)

// hello returns what a client of crypto/tls begins with.
func hello(t testing.TB, config *tls.Config) []byte {
	t.Helper()
	client, server := net.Pipe()
	defer server.Close()
	go func() {
		tls.Client(client, config).Handshake()
		client.Close()
	}()
	record := make([]byte, 5)
	if _, err := io.ReadFull(server, record); err != nil {
		t.Fatal(err)
	}
	rest := make([]byte, int(record[3])<<8|int(record[4]))
	if _, err := io.ReadFull(server, rest); err != nil {
		t.Fatal(err)
	}
	return append(record, rest...)
}

func TestClient(t *testing.T) {
	input := hello(t, &tls.Config{ServerName: "a.example", NextProtos: []string{"h2", "http/1.1"}, InsecureSkipVerify: true})
	var h Hello
	if got := Client(append(input, "more"...), &h); got != Found {
		t.Fatalf("outcome %d", got)
	}
	if h.Version != 0x0303 || string(h.ServerName) != "a.example" || !h.Curves || string(h.FirstProtocol()) != "h2" {
		t.Errorf("%+v", h)
	}
	for i := range input {
		if got := Client(input[:i], &h); got != Short {
			t.Fatalf("%d bytes: outcome %d", i, got)
		}
	}
	if kind, outcome := Type(input); kind != 1 || outcome != Found {
		t.Errorf("type %d, outcome %d", kind, outcome)
	}
}

func TestClient_None(t *testing.T) {
	good := hello(t, &tls.Config{ServerName: "a.example", InsecureSkipVerify: true})
	changed := func(at int, to byte) []byte {
		input := append([]byte(nil), good...)
		input[at] = to
		return input
	}
	tests := []struct {
		name  string
		input []byte
	}{
		{"HTTP", []byte("GET / HTTP/1.1\r\n")},
		{"other record", changed(0, 0x17)},
		{"other version", changed(1, 2)},
		{"server's hello", changed(5, 2)},
		{"message longer than its record", changed(6, 1)},
		{"long session ID", changed(9+34, 33)},
		{"extensions cut", changed(len(good)-1-extensionsLength(good), 0xff)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var h Hello
			if got := Client(tt.input, &h); got != None {
				t.Errorf("outcome %d, %+v", got, h)
			}
		})
	}
}

// extensionsLength returns how many bytes the extensions of a hello take.
func extensionsLength(input []byte) int {
	r := reader(input[recordHeader+messageHeader+2+randomLength:])
	var skipped []byte
	r.vector(1, &skipped)
	r.vector(2, &skipped)
	r.vector(1, &skipped)
	return len(r) - 2
}

func TestClient_Allocations(t *testing.T) {
	input := hello(t, &tls.Config{ServerName: "a.example", InsecureSkipVerify: true})
	var h Hello
	if n := testing.AllocsPerRun(100, func() { Client(input, &h) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzClient checks that nothing makes the parser panic, and that what follows a hello changes nothing.
func FuzzClient(f *testing.F) {
	f.Add(hello(f, &tls.Config{ServerName: "a.example", NextProtos: []string{"h2"}, InsecureSkipVerify: true}))
	f.Add(hello(f, &tls.Config{ServerName: "b.example", MaxVersion: tls.VersionTLS12, InsecureSkipVerify: true}))
	f.Add([]byte("\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03"))
	f.Fuzz(func(t *testing.T, input []byte) {
		var h, longer Hello
		outcome := Client(input, &h)
		h.FirstProtocol()
		Type(input)
		if outcome != Found {
			return
		}
		if Client(append(input[:len(input):len(input)], "more"...), &longer) != Found || string(longer.ServerName) != string(h.ServerName) {
			t.Errorf("%+v, but with more input %+v", h, longer)
		}
	})
}
