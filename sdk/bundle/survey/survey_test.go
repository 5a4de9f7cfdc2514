package survey

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tidelock/sdk/bundle"
)

func TestRead(t *testing.T) {
	tests := []struct {
		name, script string
		want         []string // field=value
	}{
		{"registrations", `core.register_action("a", {"http-req"}, f)
			core.register_fetches('b', f) core.register_converters([[c]], f) core.register_service("d", "http", f)
			core.register_filter("e", F) core.register_task(f)`,
			[]string{"registrations=a", "registrations=b", "registrations=c", "registrations=d", "registrations=e", "registrations="}},
		{"a computed name", `core.register_action("a" .. n, {}, f)`, []string{"registrations="}},
		{"a name with an escape", `core.register_action("a\x62", {}, f)`, []string{"registrations="}},
		{"a command", `core.register_cli({"show", "users"}, "", f)`, []string{"registrations=show users", "commands=show users"}},
		{"a computed command", `core.register_cli({"show", what}, "", f)`, []string{"registrations=", "commands="}},
		{"a definition is no call", `function os.getenv(name) end function get(t) end`, nil},
		{"a comment is no call", "-- os.getenv('A')\n--[[ os.getenv('B') ]] --[==[ ]] os.getenv('C') ]==]", nil},
		{"a string is no call", `x = "os.getenv('A')" y = [=[os.getenv('B')]=]`, nil},
		{"a call without brackets", `x = os.getenv "HOME" require"a.b"`, []string{"environment=HOME", "require=a.b"}},
		{"another table's function", `x = config.getenv("A")`, nil},
		{"files", `io.open("/etc/users") io.open("users.txt") io.lines(name)`, []string{"files=/etc/users", "files="}},
		{"maps", `core.set_map("a.map", k, v) core.del_acl("b.acl", k)`, []string{"maps=a.map", "maps=b.acl"}},
		{"shared keys", `core.shared.get("rate:" .. ip) local shared = core.shared shared.incr("n")`, []string{"shared=rate:", "shared=n"}},
		{"sockets", `s:connect("10.0.0.1", 6379) s:connect("Redis.example.com:6379") s:connect("::1", 80) s:connect(host, 80)
			s:connect("/run/a.sock") s:connect("unix@/run/b.sock") s:connect("10.0.0.1", port) s:connect("ipv4@10.0.0.2:80")`,
			[]string{"network=10.0.0.1:6379", "network=redis.example.com:6379", "network=[::1]:80", "network=", "unix-sockets=/run/a.sock",
				"unix-sockets=/run/b.sock", "network=", "network=10.0.0.2:80"}},
		{"requests", `c:get{url = "http://api.example.com/users/" .. id} c:post{body = b, url = "https://API.example.com"}
			c:get({url = "http://api." .. domain}) c:get{url = url} map:get("key") c:get{timeout = 1}`,
			[]string{"network=api.example.com:80", "network=api.example.com:443", "network=", "network="}},
		{"headers to set", `txn.http:req_set_header("X-User", u) applet:add_header(n, v)`, []string{"set-headers=x-user", "set-headers="}},
		{"headers to read", `h["Authorization"][0] h.cookie[0] cookie = 1 txn.http:res_add_header("set-cookie", c)`,
			[]string{"read-headers=authorization", "read-headers=cookie", "set-headers=set-cookie"}},
		{"credentials by fetches", `txn.f:req_cook("session") txn.sf:http_auth_user() f = txn.f.scook`,
			[]string{"read-headers=cookie", "read-headers=authorization"}},
		{"secrets, servers, certificates", `core.secret("token") server:set_weight("50%") server.set_weight = 1 CertCache.set{filename = f}`,
			[]string{"secrets=token", "control=", "certificates="}},
		{"not Lua", "f((((\"", nil},
		{"not closed", `os.getenv("A`, nil},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			var got []string
			for _, n := range Read(bundle.Files{"main.lua": []byte(tc.script)}).Needs {
				got = append(got, n.Field+"="+n.Value)
			}
			if !cmp.Equal(got, tc.want) {
				t.Errorf("got %q, expected %q", got, tc.want)
			}
		})
	}
}

// TestRead_places counts lines through everything that can have some.
func TestRead_places(t *testing.T) {
	script := "#!/usr/bin/lua\n--[[\n]]\nx = [[\n\n]]\ny = 'a\\\nb'\nos.getenv('A')\n"
	needs := Read(bundle.Files{"lib/a.lua": []byte(script)}).Needs
	if len(needs) != 1 || needs[0].Place.String() != "lib/a.lua:9" || needs[0].Call != "os.getenv" {
		t.Errorf("got %+v", needs)
	}
}

func TestSurvey_Compare(t *testing.T) {
	tests := []struct {
		name, script, manifest string // the manifest's fields after the entry
		want                   []string
	}{
		{"nothing", "", `"registrations":[]`, nil},
		{"everything listed", `core.register_action("a", {}, f) s:connect("10.1.2.3", 80) s:connect("db.example.com", 5432) os.getenv("A") core.shared.get("rate:x")`,
			`"registrations":[{"kind":"action","name":"a"}],"capabilities":{"network":["10.0.0.0/8:80","*.example.com:5000-6000"],"environment":["A"],"shared":["rate:"]}`, nil},
		{"not listed", `core.register_action("a", {}, f) s:connect("10.1.2.3", 81) os.getenv("B")`,
			`"registrations":[],"capabilities":{"network":["10.0.0.0/8:80"],"environment":["A"]}`,
			[]string{"registers the action 'a'", "needs '10.1.2.3:81' in capabilities.network", "needs 'B' in capabilities.environment"}},
		{"computed", `core.register_action(n, {}, f) s:connect(host, 80) require(n)`, `"registrations":[]`,
			[]string{"list the action in registrations", "only a run can tell: list it in capabilities.network", "requires a module whose name"}},
		{"computed, and somebody thought of it", `core.register_action(n, {}, f) s:connect(host, 80)`,
			`"registrations":[{"kind":"action","name":"a"}],"capabilities":{"network":["10.0.0.0/8:80"]}`, nil},
		{"registered by nobody", "", `"registrations":[{"kind":"fetch","name":"a"}]`, []string{"the fetch 'a', which no script registers"}},
		{"modules", `require "other" require "string" require "native" require "lib.x" require "gone"`, `"registrations":[]`,
			[]string{"requires the module 'gone'"}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			m, err := bundle.ParseManifest(fmt.Appendf(nil, `{"name":"a","version":"1.0.0","dialect":"5.4","entry":"main.lua",%s}`, tc.manifest))
			if err != nil {
				t.Fatal(err)
			}
			got := Read(bundle.Files{"main.lua": []byte(tc.script), "other.lua": nil, "native.wasm": nil, "lib/x/init.lua": nil}).Compare(m)
			if len(got) != len(tc.want) {
				t.Fatalf("got %q, expected %q", got, tc.want)
			}
			for i, want := range tc.want {
				if !strings.Contains(got[i], want) {
					t.Errorf("got %q, expected %q", got[i], want)
				}
			}
		})
	}
}

// FuzzRead surveys anything.
func FuzzRead(f *testing.F) {
	f.Add([]byte(`core.register_cli({"show", "users"}, "", f) s:connect("::1", 80) c:get{url = "http://a/"}`))
	f.Add([]byte("--[==[ ]] [[ \" \\\n ' f{{{(,"))
	f.Fuzz(func(t *testing.T, script []byte) {
		Read(bundle.Files{"main.lua": script}).Compare(bundle.Manifest{})
	})
}
