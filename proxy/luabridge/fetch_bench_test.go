package luabridge

import (
	"slices"
	"testing"
	"time"

	"tidelock/proxy/capability"
	"tidelock/proxy/config"
)

const hashScript = `
core.register_fetches("my-hash", function(txn, salt)
  return txn.sc:sdbm(salt .. txn.sf:req_fhdr("host") .. txn.sf:path() .. txn.sf:src(), 1)
end)
core.register_fetches("set-header", function(txn)
  txn.http:req_set_header("x-user", "somebody")
  return 1
end)
core.register_fetches("trivial", function() return 1 end)
core.register_fetches("build", function()
  local text = ""
  for i = 1, 1000 do text = text .. "0123456789" end
  return #text
end)
`

// BenchmarkFetchMyHash measures the fetch of the reference text: three fetches and a converter.
func BenchmarkFetchMyHash(b *testing.B) { benchmarkFetch(b, "my-hash", "salt") }

// BenchmarkTrivialFetch measures what every execution costs.
func BenchmarkTrivialFetch(b *testing.B) { benchmarkFetch(b, "trivial") }

// BenchmarkBuildString measures what the collector makes of scripts that leave much behind: 5 MB here.
func BenchmarkBuildString(b *testing.B) { benchmarkFetch(b, "build") }

func benchmarkFetch(b *testing.B, name string, arguments ...string) {
	bridge, _ := newBridge(b, hashScript, nil)
	fetch, err := bridge.BindFetch(name, arguments)
	if err != nil {
		b.Fatal(err)
	}
	s := newExchange()
	b.ReportAllocs()
	for b.Loop() {
		if v := fetch(s); !v.Valid() {
			b.Fatal("no sample")
		}
	}
}

// BenchmarkTransaction measures what isolation "transaction" adds to an execution of my-hash.
func BenchmarkTransaction(b *testing.B) {
	benchmarkAdded(b, "my-hash", func(c *Config) { c.Scripts.Isolation = config.IsolationRegistration },
		func(c *Config) { c.Scripts.Isolation = config.IsolationTransaction })
}

// BenchmarkGuard measures what asking for capabilities adds to executions: my-hash calls what is open to everybody, once its
// arguments are known, and set-header a function that asks each time.
func BenchmarkGuard(b *testing.B) {
	for _, name := range []string{"my-hash", "set-header"} {
		b.Run(name, func(b *testing.B) {
			benchmarkAdded(b, name, func(*Config) {}, grant(capability.Set{SetHeaders: []string{"x-user"}}))
		})
	}
}

// benchmarkAdded runs a fetch as two configurations have it, in turns, and reports the difference of their medians.
func benchmarkAdded(b *testing.B, name string, without, with func(*Config)) {
	var fetches []func() bool
	for _, configure := range []func(*Config){without, with} {
		bridge, _ := newBridge(b, hashScript, configure)
		fetch, err := bridge.BindFetch(name, []string{"salt"})
		if err != nil {
			b.Fatal(err)
		}
		s := newExchange()
		fetches = append(fetches, func() bool { return fetch(s).Valid() })
	}
	took := make([][]time.Duration, len(fetches))
	for b.Loop() {
		for i, fetch := range fetches {
			start := time.Now()
			if !fetch() {
				b.Fatal("no sample")
			}
			took[i] = append(took[i], time.Since(start))
		}
	}
	median := func(d []time.Duration) float64 {
		slices.Sort(d)
		return float64(d[len(d)/2])
	}
	b.ReportMetric(median(took[0]), "without-ns")
	b.ReportMetric(median(took[1])-median(took[0]), "added-ns")
}
