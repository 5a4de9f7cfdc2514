package luabridge

import "testing"

// TestLog logs by each function that can, at its level.
func TestLog(t *testing.T) {
	b, r := newBridge(t, `core.register_fetches("f", function(txn)
  core.log(core.emerg, "one")
  core.Alert("two")
  txn:log(core.err, 3)
  txn:deflog("four")
  txn:Warning("five")
  core.Info("six")
  txn:Debug("seven")
  print("eight", 8)
  return txn:log(core.err, "nine")
end)`, nil)
	if got := fetched(t, b, newExchange(), "f"); got != "any:" {
		t.Errorf("got %s", got)
	}
	want := "<0>one\n<1>two\n<3>3\n<0>four\n<4>five\n<6>six\n<7>seven\n<6>eight\t8\n<3>nine"
	if got := r.text(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
