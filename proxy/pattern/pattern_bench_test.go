package pattern

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"

	"tidelock/proxy/value"
)

// million is how many lines the large files have.
const million = 1_000_000

// largeFile returns a file of a million different lines, in no order.
func largeFile(line func(i int) string) []byte {
	var b []byte
	for _, i := range rand.New(rand.NewPCG(1, 2)).Perm(million) {
		b = append(b, line(i)...)
		b = append(b, '\n')
	}
	return b
}

func hostLine(i int) string { return fmt.Sprintf("host%d.example%d.com value%d", i, i%977, i) }

func addressLine(i int) string {
	a := netip.AddrFrom4([4]byte{byte(i>>16) + 1, byte(i >> 8), byte(i), byte(i * 7)})
	return fmt.Sprintf("%s value%d", a, i)
}

func networkLine(i int) string {
	return fmt.Sprintf("2001:db8:%x:%x::/64 value%d", i>>12, i&0xfff, i)
}

// BenchmarkSets_Map loads a file of a million lines: reading apart, that is what a map costs at start.
func BenchmarkSets_Map(b *testing.B) {
	for _, bench := range []struct {
		name   string
		line   func(int) string
		method *Method
	}{
		{"strings", hostLine, Str}, {"prefixes", hostLine, Beg}, {"IPv4 addresses", addressLine, IP}, {"IPv6 networks", networkLine, IP},
	} {
		b.Run(bench.name, func(b *testing.B) {
			content := largeFile(bench.line)
			read := func(string) ([]byte, error) { return content, nil }
			b.ReportAllocs()
			for b.Loop() {
				sets := &Sets{}
				if _, err := sets.Map("million", Output{value.String}, read, Request{Method: bench.method}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/load")
		})
	}
}

// BenchmarkIndex_Find looks up what is in a set of a million, and of three.
func BenchmarkIndex_Find(b *testing.B) {
	for _, bench := range []struct {
		name   string
		line   func(int) string
		method *Method
	}{{"strings", hostLine, Str}, {"prefixes", hostLine, Beg}, {"IPv4 addresses", addressLine, IP}} {
		for _, size := range []int{3, million} {
			b.Run(fmt.Sprintf("%s of %d", bench.name, size), func(b *testing.B) {
				var content []byte
				samples := make([]value.Value, size)
				for i := range size {
					line := bench.line(i)
					content = append(append(content, line...), '\n')
					key, _ := cutPair(line)
					samples[i] = value.Text([]byte(key))
					if bench.method == IP {
						samples[i] = value.Addr(netip.MustParseAddr(key))
					}
				}
				sets := &Sets{}
				x, err := sets.Map("file", Output{value.String}, func(string) ([]byte, error) { return content, nil }, Request{Method: bench.method})
				if err != nil {
					b.Fatal(err)
				}
				var scratch value.Scratch
				random := rand.New(rand.NewPCG(1, 2))
				b.ReportAllocs()
				for b.Loop() {
					if x.Find(samples[random.IntN(size)], &scratch) == nil {
						b.Fatal("not found")
					}
				}
			})
		}
	}
}

// BenchmarkSet_Add adds an entry to a million others, and removes it.
func BenchmarkSet_Add(b *testing.B) {
	for _, bench := range []struct {
		name, key string
		line      func(int) string
		method    *Method
	}{{"strings", "host.new.example", hostLine, Str}, {"IPv4 addresses", "203.0.113.9", addressLine, IP}} {
		b.Run(bench.name, func(b *testing.B) {
			content := largeFile(bench.line)
			sets := &Sets{}
			x, err := sets.Map("million", Output{value.String}, func(string) ([]byte, error) { return content, nil }, Request{Method: bench.method})
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if err := x.Set().Add(bench.key, []byte("v")); err != nil {
					b.Fatal(err)
				}
				x.Set().DeleteRef(x.Set().lastRef)
			}
		})
	}
}
