package main

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
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

// TestCheck_verbose shows what shares memory under the default isolation, and what registration cuts in two.
func TestCheck_verbose(t *testing.T) {
	folder := layout(t, map[string]string{
		"share.lua": `
local cache, hits = {}, 0
core.register_task(function() cache.value = 1 end)
core.register_fetches("cached", function() return cache.value end)
core.register_action("hit", {"http-req"}, function() hits = hits + 1 end)
core.register_converters("twice", function(s) return s .. s end)`,
		"haproxy.cfg": `
global
    nbthread 4
    lua-load share.lua
frontend www
    mode http
    timeout client 1h
    bind unix@www
`,
	})
	t.Chdir(folder)
	cache := t.TempDir()
	for _, tt := range []struct{ isolation, want string }{
		{"auto", `Configuration file is valid
task       -       share.lua:3  auto  group 1
fetch      cached  share.lua:4  auto  group 1
action     hit     share.lua:5  auto  group 2
converter  twice   share.lua:6  auto  group 3, on all processors
task 'share.lua:3' and fetch 'cached' share memory: the first changes 'cache.value' (share.lua:3), the second reads it
`},
		{"registration", `Configuration file is valid
task       -       share.lua:3  registration  group 1
fetch      cached  share.lua:4  registration  group 2
action     hit     share.lua:5  registration  group 3
converter  twice   share.lua:6  registration  group 4, on all processors
fetch 'cached' does not see how task 'share.lua:3' changes 'cache.value' (share.lua:3)
`},
	} {
		t.Run(tt.isolation, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			arguments := []string{"tidelock", "check", "-v", "-f", "haproxy.cfg", "--isolation", tt.isolation, "--cache-folder", cache}
			if status := doMain(arguments, &stdout, &stderr); status != 0 {
				t.Fatalf("status %d: %s", status, &stderr)
			}
			if diff := cmp.Diff(tt.want, stdout.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
