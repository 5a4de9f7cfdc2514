package luabridge

import (
	"testing"

	"tidelock/proxy/command"
	"tidelock/proxy/counter"
	"tidelock/proxy/pattern"
	"tidelock/proxy/plane"
	"tidelock/proxy/runtime"
	"tidelock/proxy/server"
	"tidelock/proxy/stream"
	"tidelock/proxy/tlsconfig"
)

// newPlane returns a configuration with the backend "app" and its servers: two, of which the second follows the first, and a
// backup.
func newPlane() *plane.Plane {
	section := &stream.Proxy{Name: "app", ID: 2, Mode: stream.ModeHTTP}
	section.BackendCounters = &counter.Row{Identity: counter.Identity{Kind: counter.Backend, Proxy: "app", Name: "BACKEND"}}
	backend := &server.Backend{Proxy: section}
	listed := &command.Backend{Backend: backend}
	for i, name := range []string{"one", "two", "spare"} {
		s := server.New(stream.Server{Name: name, ID: i + 1}, server.Address{Network: "tcp", Host: "127.0.0.1", Port: 80},
			server.Settings{Weight: 1, Backup: name == "spare"})
		backend.Initial = append(backend.Initial, s)
	}
	backend.Prepare()
	backend.Servers()[1].Tracks(backend.Servers()[0])
	sections := []plane.Section{{Proxy: section, Backend: listed}}
	return &plane.Plane{
		Patterns: &pattern.Sets{}, Process: &counter.Process{}, Commands: runtime.NewRegistry(), TLSFiles: tlsconfig.NewFiles(),
		Sections: func() []plane.Section { return sections },
	}
}

// TestServer_Later calls what versions of HAProxy after 2.6 have of the classes Proxy and Server.
func TestServer_Later(t *testing.T) {
	b, _ := newBridge(t, `
local checks = {
  act = function(p) return p:get_srv_act() end,
  bck = function(p) return p:get_srv_bck() end,
  backup = function(p) return tostring(p.servers.spare:is_backup()) .. tostring(p.servers.one:is_backup()) end,
  dynamic = function(p) return tostring(p.servers.one:is_dynamic()) end,
  proxy = function(p) return p.servers.one:get_proxy().name end,
  sessions = function(p) return p.servers.one:get_cur_sess() + p.servers.one:get_pend_conn() end,
  tracking = function(p) return p.servers.two:tracking().name .. tostring(p.servers.one:tracking()) end,
  trackers = function(p) return #p.servers.one:get_trackers() .. p.servers.one:get_trackers()[1].name end,
}
core.register_fetches("check", function(_, name) return checks[name](core.backends.app) end)`,
		func(c *Config) { c.Plane = newPlane() })
	for name, want := range map[string]string{
		"act": "sint:2", "bck": "sint:1", "backup": "str:truefalse", "dynamic": "str:false", "proxy": "str:app", "sessions": "sint:0",
		"tracking": "str:onenil", "trackers": "str:1two",
	} {
		if got := fetched(t, b, newExchange(), "check", name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// TestTXN_Later calls what versions of HAProxy after 2.6 have of TXN and core. Without a socket nothing is to be seen of the
// packets' marks.
func TestTXN_Later(t *testing.T) {
	b, r := newBridge(t, `
core.register_fetches("f", function(txn)
  txn:set_fc_tos(4)
  txn:set_fc_mark(1)
  txn:set_var("proc.later", "kept")
  return tostring(core.get_var("proc.later")) .. tostring(core.get_var("txn.later"))
end)`, nil)
	if got := fetched(t, b, newExchange(), "f"); got != "str:keptnil" || r.text() != "" {
		t.Errorf("%s; logged %s", got, r.text())
	}
}
