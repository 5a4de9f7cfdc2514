package luabridge

import "testing"

const hashScript = `
core.register_fetches("my-hash", function(txn, salt)
  return txn.sc:sdbm(salt .. txn.sf:req_fhdr("host") .. txn.sf:path() .. txn.sf:src(), 1)
end)
core.register_fetches("trivial", function() return 1 end)
`

// BenchmarkFetchMyHash measures the fetch of the reference text: three fetches and a converter.
func BenchmarkFetchMyHash(b *testing.B) { benchmarkFetch(b, "my-hash", "salt") }

// BenchmarkTrivialFetch measures what every execution costs.
func BenchmarkTrivialFetch(b *testing.B) { benchmarkFetch(b, "trivial") }

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
