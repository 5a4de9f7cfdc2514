package server

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"tidelock/proxy/hash32"
	"tidelock/proxy/stream"
)

// backendOf makes a backend of servers a, b, c, ... with these weights.
func backendOf(algorithm string, o Options, weights ...int) *Backend {
	b := &Backend{Proxy: &stream.Proxy{Name: "b"}, Algorithm: AlgorithmNamed(algorithm), Options: o}
	for i, w := range weights {
		name := string(rune('a' + i))
		b.Initial = append(b.Initial, New(stream.Server{Name: name, ID: i + 1}, Address{}, Settings{Weight: w, Pool: DefaultPool}))
	}
	b.Prepare()
	return b
}

// captured reads lines of weights and the order that HAProxy had with them.
func captured(t *testing.T, file string, each func(name string, weights []int, order string)) {
	f, err := os.Open("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for lines := bufio.NewScanner(f); lines.Scan(); n++ {
		end := strings.IndexByte(lines.Text(), ']') + 1
		var weights []int
		if err := json.Unmarshal([]byte(lines.Text()[:end]), &weights); err != nil {
			t.Fatal(err)
		}
		each(lines.Text()[:end], weights, strings.TrimSpace(lines.Text()[end:]))
	}
	if n < 20 {
		t.Fatalf("%d lines in %s", n, file)
	}
}

func TestBackend_Next_Order(t *testing.T) {
	for _, algorithm := range []string{"roundrobin", "static-rr"} {
		captured(t, algorithm+".haproxy", func(name string, weights []int, order string) {
			t.Run(algorithm+name, func(t *testing.T) {
				b := backendOf(algorithm, Options{}, weights...)
				var got strings.Builder
				for range order {
					got.WriteString(b.Next(0, false, nil).Name)
				}
				if got.String() != order {
					t.Errorf("got  %s\nwant %s", got.String(), order)
				}
			})
		})
	}
}

// hashes are the functions by the names of the captures.
func hashNamed(t *testing.T, hashType string) hash32.Function {
	words := strings.Fields(hashType)
	name := "sdbm"
	if len(words) > 1 {
		name = words[1]
	}
	f := hash32.Named[name]
	if f == nil {
		t.Fatalf("no hash %s", name)
	}
	if len(words) > 2 || hashType == "consistent" {
		return func(b []byte) uint32 { return hash32.Avalanche(f(b)) }
	}
	return f
}

func TestBackend_Next_Hash(t *testing.T) {
	content, err := os.ReadFile("testdata/hash.uris")
	if err != nil {
		t.Fatal(err)
	}
	paths := strings.Fields(string(content))
	f, err := os.Open("testdata/hash.haproxy")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Split(lines.Text(), " | ")
		hashType, want := fields[0], fields[2]
		var weights []int
		if err := json.Unmarshal([]byte("["+fields[1]+"]"), &weights); err != nil {
			t.Fatal(err)
		}
		t.Run(fmt.Sprint(hashType, weights), func(t *testing.T) {
			hash := hashNamed(t, hashType)
			b := backendOf("uri", Options{Consistent: strings.HasPrefix(hashType, "consistent")}, weights...)
			got := ""
			for _, p := range paths {
				got += b.Next(hash([]byte(p)), true, nil).Name
			}
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

// With a factor, no server has much more than its share of the load, whatever the keys are.
func TestBackend_Next_Bounded(t *testing.T) {
	b := backendOf("uri", Options{Consistent: true, Factor: 150}, 1, 1, 1, 1)
	for range 40 {
		if s := b.Next(12345, true, nil); !s.enter() {
			t.Fatal("no slot")
		}
	}
	for _, s := range b.Servers() {
		if n, _ := s.Load(); n > 15 {
			t.Errorf("%s has %d of 40", s.Name, n)
		}
	}
}

// The order that HAProxy had for requests of /k that were not answered, with hash-balance-factor 300.
func TestBackend_Next_BoundedOrder(t *testing.T) {
	b := backendOf("uri", Options{Consistent: true, Factor: 300}, 1, 1, 1, 1)
	key, got := hash32.Avalanche(hash32.SDBM([]byte("/k"))), ""
	for range 6 {
		s := b.Next(key, true, nil)
		s.enter()
		got += s.Name
	}
	if got != "acaaca" {
		t.Errorf("got %s", got)
	}
}

// Leastconn fills up by weight, and goes round among equals.
func TestBackend_Next_LeastConnections(t *testing.T) {
	b := backendOf("leastconn", Options{}, 1, 1, 1)
	take := func() *Server {
		s := b.Next(0, false, nil)
		if !s.enter() {
			t.Fatal("no slot")
		}
		return s
	}
	first := take()
	order := first.Name + take().Name + take().Name
	first.Leave()
	order += take().Name
	if order != "abca" {
		t.Errorf("got %s, want abca", order)
	}
}

func TestBackend_Next_None(t *testing.T) {
	for _, a := range Algorithms {
		for _, weights := range [][]int{nil, {0, 0}} {
			if s := backendOf(a.Name, Options{}, weights...).Next(1, a.Keyed, nil); s != nil {
				t.Errorf("%s: %s where there is none", a.Name, s.Name)
			}
		}
	}
}

func TestBackend_Next_Backup(t *testing.T) {
	tests := []struct {
		name string
		all  bool
		down []int
		want string
	}{
		{"active ones first", false, nil, "abab"},
		{"the first backup", false, []int{0, 1}, "cccc"},
		{"the next backup", false, []int{0, 1, 2}, "dddd"},
		{"all backups", true, []int{0, 1}, "cdcd"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := backendOf("roundrobin", Options{}, 1, 1, 1, 1)
			b.Servers()[2].Backup, b.Servers()[3].Backup, b.AllBackups = true, true, tt.all
			b.Servers()[0].SetWeight(1) // puts the farm together anew
			for _, i := range tt.down {
				b.Servers()[i].SetHealth(Stopped, "")
			}
			got := ""
			for range tt.want {
				got += b.Next(0, false, nil).Name
			}
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func BenchmarkBackend_Next(b *testing.B) {
	for _, a := range []string{"roundrobin", "leastconn"} {
		b.Run(a, func(b *testing.B) {
			backend := backendOf(a, Options{}, 1, 2, 3, 4)
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					s := backend.Next(0, false, nil)
					s.enter()
					s.Leave()
				}
			})
		})
	}
}
