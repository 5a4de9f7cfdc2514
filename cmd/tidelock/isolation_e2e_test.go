package main

import (
	"fmt"
	"testing"
)

// TestIsolation_Transaction has a request change a global. No other sees it, also where a task has an instance to itself.
func TestIsolation_Transaction(t *testing.T) {
	folder := layout(t, map[string]string{"count.lua": `
core.register_task(function() core.sleep(3600) end)
core.register_fetches("count", function() count = (count or 0) + 1 return tostring(count) end)`})
	s := serve(t, folder, t.TempDir(), fmt.Sprintf(`
global
    tune.lua.isolation transaction
    lua-load %[1]s/count.lua
frontend www
    mode http
    timeout client 1h
    bind unix@%[1]s/www
    http-request return status 200 content-type text/plain lf-string "%%[lua.count]"
`, folder))
	for range 3 {
		if got := s.get("/"); got != "200 1" {
			t.Errorf("got %q", got)
		}
	}
}
