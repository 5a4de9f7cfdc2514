package luabridge

import (
	"fmt"
	"testing"
)

// TestBinder gives more lists of arguments than are remembered, and the same ones again.
func TestBinder(t *testing.T) {
	b, r := newBridge(t, `
core.register_fetches("many", function(txn, count)
  local sum = 0
  for round = 1, 2 do
    for i = 1, tonumber(count) do sum = sum + txn.c:add("0", i) end
  end
  return sum
end)
core.register_fetches("long", function(txn) return #txn.c:concat("", ("x"):rep(1000), "") end)
core.register_fetches("wrong", function(txn)
  local texts = {}
  for i = 1, 2 do texts[i] = select(2, pcall(txn.f.req_hdr, txn.f, "host", "zz")) end
  return texts[1] == texts[2] and texts[1]
end)`, nil)
	s := newExchange()
	for _, count := range []int{1, maxBound, 3 * maxBound} {
		if got, want := fetched(t, b, s, "many", fmt.Sprint(count)), fmt.Sprint("sint:", count*(count+1)); got != want {
			t.Errorf("%d lists: got %s, want %s; log: %s", count, got, want, r.text())
		}
	}
	if got := fetched(t, b, s, "long"); got != "sint:1000" {
		t.Errorf("long: %s; log: %s", got, r.text())
	}
	if got, want := fetched(t, b, s, "wrong"), "str:script.lua:12: fetch 'req.hdr': argument 2: expected integer, but got 'zz'"; got != want {
		t.Errorf("wrong: got %s, want %s; log: %s", got, want, r.text())
	}
}

// TestBinder_noAllocations calls fetches and a converter with arguments: only the sample's own bytes are allocated.
func TestBinder_noAllocations(t *testing.T) {
	b, _ := newBridge(t, hashScript, nil)
	fetch, err := b.BindFetch("my-hash", []string{"salt"})
	if err != nil {
		t.Fatal(err)
	}
	s := newExchange()
	fetch(s)
	if n := testing.AllocsPerRun(1000, func() { fetch(s) }); n > 2 {
		t.Errorf("%v allocations", n)
	}
}
