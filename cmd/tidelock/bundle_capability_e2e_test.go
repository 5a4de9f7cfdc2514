package main

import (
	"os"
	"strings"
	"testing"
)

// TestBundle_capabilities runs a bundle that may read one secret, and tries for everything else.
func TestBundle_capabilities(t *testing.T) {
	b := newBundler(t)
	if err := os.Mkdir(b.path("secrets"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(b.path("secrets/token"), []byte("hush-hush\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	script := `core.register_service("hello", "http", function(applet)
  print("the token is " .. core.secret("token"))
  local said = {}
  local function try(f, ...) said[#said + 1] = tostring(select(2, pcall(f, ...))) end
  try(function() return #core.secret("token") end)
  try(os.getenv, "HOME")
  try(io.open, "` + b.path("key.key") + `")
  try(os.execute, "true")
  try(function() return core.tcp():connect("127.0.0.1", 22) end)
  try(function() return core.httpclient():get{url = "http://localhost/"} end)
  try(applet.f.req_hdr, applet.f, "Authorization")
  try(core.set_map, "any.map", "key", "value")
  try(function() return core.frontends.www:stop() end)
  applet:start_response()
  applet:send(table.concat(said, "\n"))
  if applet.path == "/long" then while true do end end
end)`
	path := b.sign(b.build("1.0.0", script, manifest{
		"capabilities": map[string][]string{"secrets": {"token"}}, "limits": map[string]int{"fuel": 1_000_000, "executions": 8, "memory": 16 << 20},
	}))
	s := b.serve("file:"+path, "--bundle-grants", "acme/hello secrets=token", "--secrets-folder", b.path("secrets"))
	got := s.get("/")
	for _, want := range []string{
		"200 9\n", "environment: HOME is not granted", "files: " + b.path("key.key") + " is not granted", "os.execute: scripts of bundles cannot use it",
		"network: 127.0.0.1:22 is not granted", "network: localhost:80 is not granted", "read-headers: authorization is not granted",
		"maps: any.map is not granted", "control: www is not granted",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got %s\nwant %s", got, want)
		}
	}
	s.get("/long")
	s.await("out of fuel")
	if text := s.log.text(); strings.Contains(text, "hush") || !strings.Contains(text, "the token is ***") {
		t.Error(text)
	}
}
