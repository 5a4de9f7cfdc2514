package pattern

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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

// BenchmarkSets_Map loads a file of a million lines, which is what a map costs at start, beside haproxy's check of a
// configuration that has it, where it is installed.
func BenchmarkSets_Map(b *testing.B) {
	for _, bench := range []struct {
		name   string
		line   func(int) string
		method *Method
	}{
		{"strings", hostLine, Str}, {"prefixes", hostLine, Beg}, {"IPv4 addresses", addressLine, IP}, {"IPv6 networks", networkLine, IP},
	} {
		file := filepath.Join(b.TempDir(), "million")
		if err := os.WriteFile(file, largeFile(bench.line), 0o600); err != nil {
			b.Fatal(err)
		}
		b.Run(bench.name+"/tidelock", func(b *testing.B) {
			for b.Loop() {
				if _, err := (&Sets{}).Map(file, Output{value.String}, os.ReadFile, Request{Method: bench.method}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/load")
		})
		b.Run(bench.name+"/haproxy", func(b *testing.B) {
			program, err := exec.LookPath("haproxy")
			if err != nil {
				b.Skip(err)
			}
			config := filepath.Join(b.TempDir(), "haproxy.cfg")
			text := fmt.Sprintf("listen l\n mode http\n bind 127.0.0.1:1\n http-request set-header x %%[str(a),map_%s(%s)]\n", bench.method.Name, file)
			if bench.method == IP {
				text = strings.Replace(text, "str(a)", "src", 1)
			}
			if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if out, err := exec.Command(program, "-c", "-f", config).CombinedOutput(); err != nil {
					b.Fatalf("%v: %s", err, out)
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
