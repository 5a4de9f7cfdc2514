package luabridge

import (
	"strings"
	"testing"

	"tidelock/proxy/capability"
	"tidelock/proxy/pattern"
	"tidelock/proxy/plane"
	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

// planeWithMaps has the maps "granted.map" and "other.map".
func planeWithMaps(t *testing.T) *plane.Plane {
	p := newPlane()
	read := func(string) ([]byte, error) { return []byte("key before\n"), nil }
	for _, name := range []string{"granted.map", "other.map"} {
		if _, err := p.Patterns.Map(name, pattern.Output{Kind: value.String}, read, pattern.Request{Method: pattern.Str}); err != nil {
			t.Fatal(err)
		}
	}
	p.Patterns.Number()
	return p
}

func TestGuard_maps(t *testing.T) {
	p := planeWithMaps(t)
	number := ""
	for _, set := range p.Patterns.All() {
		if set.Name() == "other.map" {
			number = string(rune('0' + set.Number()))
		}
	}
	denied := `maps: other.map is not granted: add it to "maps" in the manifest`
	tryAll(t, capability.Set{Maps: []string{"granted.map", "#" + number}}, func(c *Config) { c.Plane = p }, []escape{
		{"set, granted", `core.set_map("granted.map", "key", "after") return core.get_patref("granted.map").key`, "got after"},
		{"set", `core.set_map("other.map", "key", "after")`, denied},
		{"deleted", `core.del_map("other.map", "key")`, denied},
		{"added to an ACL", `core.add_acl("other.map", "key")`, denied},
		{"deleted from an ACL", `core.del_acl("other.map", "key")`, denied},
		{"another spelling", `core.set_map("./granted.map", "key", "x")`, "maps: ./granted.map is not granted"},
		{"by number", `core.set_map("#` + number + `", "key", "x")`, "unknown map file"},
		{"reference, read", `return core.get_patref("other.map").key`, "got before"},
		{"reference, granted", `return core.get_patref("granted.map"):set("key", "later")`, "got true"},
		{"reference", `return core.get_patref("other.map"):set("key", "x")`, denied},
		{"reference by number", `return core.get_patref("#` + number + `"):set("key", "x")`, denied},
		{"reference, added", `return core.get_patref("other.map"):add("new", "x")`, denied},
		{"reference, deleted", `return core.get_patref("other.map"):del("key")`, denied},
		{"reference, purged", `return core.get_patref("other.map"):purge()`, denied},
		{"reference, prepared", `return core.get_patref("other.map"):prepare()`, denied},
		{"reference that was renamed", `local r = core.get_patref("granted.map") rawset(r, 0, "other.map") return r:set("key", "x")`, denied},
		{"reference with a forged version", `local r = core.get_patref("other.map") rawset(r, "version", 1) return r:commit()`, denied},
	})
	if got := p.Patterns.Find("other.map").Values("key"); len(got) != 1 || string(got[0]) != "before" {
		t.Errorf("other.map has %q", got)
	}
}

func TestGuard_shared(t *testing.T) {
	denied := `shared: other is not granted: add it to "shared" in the manifest`
	tryAll(t, capability.Set{Shared: []string{"auth.", "proc.auth_"}}, nil, []escape{
		{"granted", `core.shared.set("auth.a", 1) return core.shared.incr("auth.a")`, "got 2"},
		{"get", `return core.shared.get("other")`, denied},
		{"set", `return core.shared.set("other", 1)`, denied},
		{"add", `return core.shared.add("other", 1)`, denied},
		{"compare and set", `return core.shared.compare_and_set("other", nil, 1)`, denied},
		{"increment", `return core.shared.incr("other")`, denied},
		{"delete", `return core.shared.delete("other")`, denied},
		{"wait", `return core.shared.wait("other", nil, 0.01)`, denied},
		{"keys", `return #core.shared.keys("auth.")`, "got "},
		{"all keys", `return core.shared.keys()`, `shared: "" is not granted`},
		{"keys of a shorter prefix", `return core.shared.keys("auth")`, "shared: auth is not granted"},
		{"other letters", `return core.shared.get("AUTH.a")`, "is not granted"},
		{"nul", `return core.shared.get("\0auth.a")`, "is not granted"},
		{"variable of the process, granted", `txn:set_var("proc.auth_x", 1) return txn:get_var("proc.auth_x") + core.get_var("proc.auth_x")`, "got 2"},
		{"variable of the process", `return txn:get_var("proc.other")`, `shared: proc.other is not granted`},
		{"core.get_var", `return core.get_var("proc.other")`, "shared: proc.other is not granted"},
		{"set_var", `return txn:set_var("proc.other", 1)`, "shared: proc.other is not granted"},
		{"unset_var", `return txn:unset_var("proc.other")`, "shared: proc.other is not granted"},
		{"fetch", `return txn.f:var("proc.other")`, "shared: proc.other is not granted"},
		{"converter", `return txn.c:set_var("x", "proc.other")`, "shared: proc.other is not granted"},
		{"converter that unsets", `return txn.c:unset_var("x", "proc.other")`, "shared: proc.other is not granted"},
		{"converter that adds", `return txn.c:add(1, "proc.other")`, "shared: proc.other is not granted"},
		{"converter that compares", `return txn.c:strcmp("x", "proc.other")`, "shared: proc.other is not granted"},
		{"converter that joins", `return txn.c:concat("x", "", "proc.other", "")`, "shared: proc.other is not granted"},
		{"key of a token", `return txn.c:jwt_verify("a.b.c", "HS256", "proc.other")`, "shared: proc.other is not granted"},
		{"variable of the exchange", `txn:set_var("txn.any", 1) return txn.f:var("txn.any")`, "got 1"},
	})
}

// Two sets of scripts see the same exchange, and neither what the other keeps in it.
func TestGuard_private(t *testing.T) {
	const script = `
core.register_action("keep", {"http-req"}, function(txn, value) txn:set_priv(value) end, 1)
core.register_fetches("kept", function(txn) return tostring(txn:get_priv()) end)`
	bundled := func() *Bundle { return testBundle("1.0.0", "action keep, fetch kept", "main.lua", script) }
	b, _, err := loadBundles(t, script, map[string]*Bundle{"one": bundled(), "other": bundled()}, "one", "other")
	begin(t, b, err)
	s := newExchange()
	acted(t, b, s, stream.HTTPRequest, "keep", "ours")
	acted(t, b, s, stream.HTTPRequest, "one.keep", "one's")
	for name, want := range map[string]string{"kept": "str:ours", "one.kept": "str:one's", "other.kept": "str:nil"} {
		if got := fetched(t, b, s, name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

func TestGuard_control(t *testing.T) {
	denied := `control: app/two is not granted: add it to "control" in the manifest`
	p := newPlane()
	weight := p.Sections()[0].Backend.Servers()[1].State().Weight
	server := func(name, call string) string { return `return core.backends.app.servers.` + name + ":" + call }
	tryAll(t, capability.Set{Control: []string{"app/one"}, Certificates: []string{"/granted.pem"}}, func(c *Config) { c.Plane = p }, []escape{
		{"granted", server("one", `set_weight("50%")`), "got nil"},
		{"read", server("two", `get_weight()`), "got 1"},
		{"weight", server("two", `set_weight("50%")`), denied},
		{"address", server("two", `set_addr("127.0.0.1", 22)`), denied},
		{"connections", server("two", `set_maxconn("1")`), denied},
		{"drain", server("two", `set_drain()`), denied},
		{"maintenance", server("two", `set_maint()`), denied},
		{"ready", server("two", `set_ready()`), denied},
		{"checks", server("two", `check_disable()`), denied},
		{"health", server("two", `check_force_down()`), denied},
		{"agent", server("two", `agent_force_down()`), denied},
		{"sessions", server("two", `shut_sess()`), denied},
		{"the number of another server", `local one, two = core.backends.app.servers.one, core.backends.app.servers.two
			rawset(one, 0, two[0]) return one:set_weight("50%")`, denied},
		{"through the tracking server", `return core.backends.app.servers.one:get_trackers()[1]:set_weight("50%")`, denied},
		{"proxy", `return core.backends.app:pause()`, `control: app is not granted`},
		{"proxy, stopped", `return core.backends.app:stop()`, `control: app is not granted`},
		{"proxy, sessions", `return core.backends.app:shut_bcksess()`, `control: app is not granted`},
		{"certificate, granted", `return CertCache.set{filename = "/granted.pem", crt = "x"}`, "error"},
		{"certificate", `return CertCache.set{filename = "/other.pem", crt = "x"}`, `certificates: /other.pem is not granted`},
	})
	if now := p.Sections()[0].Backend.Servers()[1].State().Weight; now != weight {
		t.Errorf("weight is %v", now)
	}
}

func TestGuard_commands(t *testing.T) {
	for _, tc := range []struct{ name, script, want string }{
		{"granted", `core.register_cli({"show", "auth"}, "", function() end)`, ""},
		{"denied", `core.register_cli({"show", "other"}, "", function() end)`, `commands: show other is not granted: add it to "commands" in the manifest`},
		{"joined otherwise", `core.register_cli({"show auth", "x"}, "", function() end)`, "commands: show auth x is not granted"},
		{"in an init function", `core.register_init(function() core.register_cli({"show", "other"}, "", function() end) end)`, "commands: show other is not granted"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b, _, err := loadBridge(t, tc.script, grant(capability.Set{Commands: []string{"show auth"}}))
			if err == nil {
				err = b.Init(t.Context())
			}
			if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

func TestGuard_secrets(t *testing.T) {
	secrets := func(c *Config) {
		c.Secrets = map[string]string{"token": "hush-hush", "other": "hush", "empty": ""}
	}
	tryAll(t, capability.Set{Secrets: []string{"token", "absent"}}, secrets, []escape{
		{"granted", `return #core.secret("token")`, "got 9"},
		{"not mounted", `return tostring(core.secret("absent"))`, "got nil"},
		{"denied", `return core.secret("other")`, `secrets: other is not granted: add it to "secrets" in the manifest`},
		{"nul", `return core.secret("token\0")`, "is not granted"},
		{"no name", `return core.secret()`, "error"},
	})
	if _, _, err := loadBridge(t, `error("a " .. core.secret("token"))`, secrets); err == nil || !strings.Contains(err.Error(), "a ***") {
		t.Errorf("while loading: %v", err)
	}
	b, r := newBridge(t, `
core.register_action("tell", {"http-req"}, function(txn)
  local token = core.secret("token")
  core.Info("a " .. token)
  print("b", token, core.secret("other"))
  txn:Info("c " .. token)
  txn:log(core.info, "d " .. token:sub(1, 4))
  core.log(core.info, ("e %s"):format(token))
  error("f " .. token)
end)`, secrets)
	acted(t, b, newExchange(), stream.HTTPRequest, "tell")
	if text := r.text(); strings.Contains(text, "hush") || strings.Count(text, "***") != 7 {
		t.Error(text)
	}
}
