package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestNative serves requests by a native module that also does what must not harm the others.
func TestNative(t *testing.T) {
	clang, err := exec.LookPath("clang-19")
	if err != nil {
		t.Skip("no clang-19")
	}
	folder := layout(t, map[string]string{
		"work.c": `
#include "tidelock.h"
static void reverse(tl_arguments *in, tl_results *out) {
  tl_string s = tl_take_string(in);
  char *p = tl_put_space(out, s.length);
  for (size_t i = 0; p && i < s.length; i++) p[i] = s.data[s.length - 1 - i];
}
static void loop(tl_arguments *in, tl_results *out) { (void)in, (void)out; for (volatile int i = 0;; i++) {} }
static void trap(tl_arguments *in, tl_results *out) { (void)in, (void)out, __builtin_trap(); }
TL_MODULE({"reverse", reverse}, {"loop", loop}, {"trap", trap})`,
		"work.lua": `
local work = require("work")
core.register_converters("reverse", function(text) return work.reverse(text) end)
core.register_service("work", "http", function(applet)
  local deed = work[applet.path:sub(2)]
  if deed then deed() end
  applet:start_response()
  applet:send(work.reverse(applet.path))
end)
core.register_service("caught", "http", function(applet)
  local ok, message = pcall(work.trap)
  applet:start_response()
  applet:send(tostring(ok) .. " " .. message:gsub("^.*: trap", "trap"))
end)`,
	})
	command := exec.Command(clang, "--target=wasm32-wasi", "-O2", "-mexec-model=reactor", "-Wl,--strip-all", "-I../../sdk/native/c",
		"-o", filepath.Join(folder, "work.wasm"), filepath.Join(folder, "work.c"))
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	s := serve(t, folder, t.TempDir(), fmt.Sprintf(`
global
    tune.lua.service-timeout 200ms
    lua-prepend-path %[1]s/?.wasm cpath
    lua-load %[1]s/work.lua
frontend www
    mode http
    timeout client 1h
    bind unix@%[1]s/www
    http-request return status 200 content-type text/plain lf-string "%%[path,lua.reverse]" if { path_beg /reverse/ }
    http-request use-service lua.caught if { path /caught }
    http-request use-service lua.work
`, folder))
	for _, tt := range []struct{ path, want string }{
		{"/reverse/abc", "200 cba/esrever/"},
		{"/fine", "200 enif/"},
		{"/trap", "500 "},
		{"/fine", "200 enif/"},
		{"/loop", "500 "},
		{"/fine", "200 enif/"},
		{"/caught", "200 false trap: wasm error: unreachable"},
		{"/reverse/abc", "200 cba/esrever/"},
	} {
		if got := s.get(tt.path); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.path, got, tt.want)
		}
	}
	s.await(`work\.lua:.*trap: wasm error: unreachable`)
	s.await(`execution timeout`)
}
