package main

import (
	"fmt"
	"testing"

	"tidelock/proxy/config"
)

// TestHostile_Starved has one script take all the memory that there is for all, and end for it. Others get what they need
// afterwards.
func TestHostile_Starved(t *testing.T) {
	cache := t.TempDir()
	for _, isolation := range config.Isolations {
		t.Run(isolation, func(t *testing.T) {
			folder := layout(t, map[string]string{"memory.lua": `
core.register_action("hungry", {"http-req"}, function() local t = {} while true do t[#t + 1] = ("x"):rep(1000) .. #t end end)
core.register_fetches("modest", function() return tostring(#("x"):rep(1000000)) end)`})
			s := serve(t, folder, cache, fmt.Sprintf(`
global
    tune.lua.session-timeout 0
    tune.lua.maxmem 16
    tune.lua.isolation %s
    lua-load %[2]s/memory.lua
frontend www
    mode http
    timeout client 1h
    bind unix@%[2]s/www
    http-request lua.hungry if { path /hungry }
    http-request return status 200 content-type text/plain lf-string "%%[lua.modest]"
`, isolation, folder))
			for range 3 {
				if got := s.get("/hungry"); got != "200 1000000" {
					t.Errorf("after a hungry script: got %q", got)
				}
			}
		})
	}
}
