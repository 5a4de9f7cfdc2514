package luabridge

import "testing"

// TestMyHash compares with what HAProxy 2.6.12 gives for the same request.
func TestMyHash(t *testing.T) {
	b, r := newBridge(t, hashScript, nil)
	if got, want := fetched(t, b, newExchange(), "my-hash", "salt"), "str:3040119204"; got != want {
		t.Errorf("my-hash is %s, want %s; log: %s", got, want, r.text())
	}
}
