package luabridge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"regexp"
	"strings"
	"testing"

	"tidelock/host"
	"tidelock/proxy/capability"
	"tidelock/proxy/config"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// grant makes the script of a test a bundle that may reach what a set lists.
func grant(set capability.Set) func(*Config) {
	return func(c *Config) {
		script := c.Scripts.Files[0].Path
		c.Scripts.Files, c.Scripts.Bundles = nil, []config.ScriptBundle{{Name: "test"}}
		c.OpenBundle = func(context.Context, config.ScriptBundle) (*Bundle, error) {
			source, err := os.ReadFile(script)
			u := testBundle("1.0.0", "", "main.lua", string(source))
			u.Grant, u.Registrations = &set, declared(string(source))
			return u, err
		}
	}
}

// registering finds the name in a registration, or the words of a command.
var registering = regexp.MustCompile(`core\.register_(fetches|action|service|cli)\((?:["']([^"']+)|[{]([^}]*))`)

// declared lists what a script of a test registers.
func declared(script string) (all []Declared) {
	kinds := map[string]string{"fetches": kindFetch, "action": kindAction, "service": kindService, "cli": kindCommand}
	for _, m := range registering.FindAllStringSubmatch(script, -1) {
		words := strings.NewReplacer(`"`, "", ",", "").Replace(m[3])
		all = append(all, Declared{kinds[m[1]], m[2] + words})
	}
	return all
}

// names yields the names that a library knows.
func names(l host.Library) (all []string) {
	switch l := l.(type) {
	case host.Libraries:
		for _, part := range l {
			all = append(all, names(part)...)
		}
	case host.Functions:
		for name := range l {
			all = append(all, name)
		}
	case library:
		all = names(l.functions)
	}
	return all
}

// TestDoors holds that somebody has thought about every function that scripts can come to.
func TestDoors(t *testing.T) {
	b, _ := newBridge(t, "", nil)
	known := names(host.Libraries{newLibrary(b.images[0]), host.Standard(host.StandardConfig{})})
	if len(known) < 150 {
		t.Fatalf("%d functions found", len(known))
	}
	there := map[string]bool{}
	for _, name := range known {
		there[name] = true
		if _, classified := doors[name]; !classified {
			t.Errorf("%s has no row in doors: is it open to every script, and what does it need?", name)
		}
	}
	for name := range doors {
		if !there[name] {
			t.Errorf("doors has a row for %s, which is no function", name)
		}
	}
}

// TestSampleNeeds holds the same for fetches and converters.
func TestSampleNeeds(t *testing.T) {
	there := map[string]bool{}
	for f := range sample.Fetches() {
		there["fetch "+f.Name] = true
		if _, classified := fetchNeeds[f.Name]; !classified {
			t.Errorf("fetch %s has no row in fetchNeeds: is it open to every script, and what does it need?", f.Name)
		}
	}
	for k := range sample.Converters() {
		there["converter "+k.Name] = true
		if _, classified := converterNeeds[k.Name]; !classified {
			t.Errorf("converter %s has no row in converterNeeds: is it open to every script, and what does it need?", k.Name)
		}
	}
	for name := range fetchNeeds {
		if !there["fetch "+name] {
			t.Errorf("fetchNeeds has a row for %s, which is no fetch", name)
		}
	}
	for name := range converterNeeds {
		if !there["converter "+name] {
			t.Errorf("converterNeeds has a row for %s, which is no converter", name)
		}
	}
	if t.Failed() {
		return
	}
	// The test can fail.
	if _, classified := fetchNeeds["fetch of tomorrow"]; classified {
		t.Error("everything is classified")
	}
}

// escape is one way in which a script may try to get at something.
type escape struct {
	name   string
	script string // the body of a fetch's function, which returns what it got
	want   string // in what came of it: "got " and what it returned, or "error " and why not
}

// recordDial returns a dialer that notes where to, and never gets there.
func recordDial(dialled *[]string) func(context.Context, string, string) (net.Conn, error) {
	return func(_ context.Context, _, address string) (net.Conn, error) {
		*dialled = append(*dialled, address)
		return nil, errors.New("nobody is there")
	}
}

// tryAll runs the escapes, each as a fetch of its own in an image that is granted a set.
func tryAll(t *testing.T, set capability.Set, configure func(*Config), escapes []escape) {
	t.Helper()
	var script strings.Builder
	for i, tc := range escapes {
		fmt.Fprintf(&script, "core.register_fetches('try%d', function(txn)\n  local ok, got = pcall(function() %s end)\n"+
			"  return (ok and 'got ' or 'error ') .. tostring(got)\nend)\n", i, tc.script)
	}
	b, r := newBridge(t, script.String(), func(c *Config) {
		grant(set)(c)
		c.Scripts.Isolation = config.Isolation(host.IsolateTransactions) // what one has bent is whole again for the next
		if configure != nil {
			configure(c)
		}
	})
	for i, tc := range escapes {
		t.Run(tc.name, func(t *testing.T) {
			s := newExchange()
			for _, h := range [][2]string{{"Authorization", "Basic dXNlcjpwYXNz"}, {"Cookie", "session=hush"}, {"Proxy-Authorization", "Bearer hush"}} {
				s.Request.Add(h[0], []byte(h[1]))
			}
			if got := fetched(t, b, s, fmt.Sprint("try", i)); !strings.Contains(got, tc.want) {
				t.Errorf("got %q, want %q; log: %s", got, tc.want, r.text())
			}
		})
	}
}

func TestGuard_environment(t *testing.T) {
	t.Setenv("GUARD_GRANTED", "granted")
	t.Setenv("GUARD_HIDDEN", "hush")
	const denied = `: environment: GUARD_HIDDEN is not granted: add it to "environment" in the manifest`
	tryAll(t, capability.Set{Environment: []string{"GUARD_GRANTED"}}, nil, []escape{
		{"granted", `return os.getenv("GUARD_GRANTED")`, "got granted"},
		{"denied", `return os.getenv("GUARD_HIDDEN")`, denied},
		{"fetch", `return txn.f:env("GUARD_HIDDEN")`, "environment: GUARD_HIDDEN is not granted"},
		{"fetch of texts", `return txn.sf:env("GUARD_HIDDEN")`, "environment: GUARD_HIDDEN is not granted"},
		{"fetch twice", `pcall(txn.f.env, txn.f, "GUARD_HIDDEN") return txn.f:env("GUARD_HIDDEN")`, "GUARD_HIDDEN is not granted"},
		{"fetch that is granted", `return txn.f:env("GUARD_GRANTED")`, "got granted"},
		{"in a coroutine", `local c = coroutine.wrap(function() return os.getenv("GUARD_HIDDEN") end) return c()`, "GUARD_HIDDEN is not granted"},
		{"nul", `return os.getenv("GUARD_GRANTED\0GUARD_HIDDEN")`, `is not granted`},
		{"other letters", `return os.getenv("guard_hidden")`, "guard_hidden is not granted"},
		{"module path", `return tostring(os.getenv("LUA_PATH"))`, "got nil"},
		{"load with an environment", `return load("return os.getenv('GUARD_HIDDEN')", "x", "t", {os = os})()`, "GUARD_HIDDEN is not granted"},
		{"a text's metatable", `local m = getmetatable("") m.__index = function() return os.getenv("GUARD_HIDDEN") end return ("").x`, "GUARD_HIDDEN is not granted"},
		{"upvalues of the prelude", `
			local i = 1
			while true do
			  local name, f = debug.getupvalue(os.getenv, i)
			  if not name then return "nothing" end
			  if type(f) == "function" and name == "getenv" then return f("GUARD_HIDDEN") end
			  i = i + 1
			end`, "GUARD_HIDDEN is not granted"},
		{"the registry", `return debug.getregistry()[1]`, "attempt to call a nil value (field 'getregistry')"},
		{"native module", `return require("os.environment")`, "module 'os.environment' not found"},
		{"a file of the kernel", `return io.open("/proc/self/environ"):read("a")`, "files: /proc/self/environ is not granted"},
	})
}

// What the embedder shows of the environment is what the fetch shows.
func TestFetchEnv(t *testing.T) {
	t.Setenv("FETCH_HIDDEN", "hush")
	b, _ := newBridge(t, `core.register_fetches("f", function(txn) return tostring(txn.f:env("FETCH_HIDDEN")) .. txn.f:env("SHOWN") end)`, func(c *Config) {
		c.Standard.Getenv = func(name string) (string, bool) { return "shown", name == "SHOWN" }
	})
	if got := fetched(t, b, newExchange(), "f"); got != "str:nilshown" {
		t.Error(got)
	}
}

func TestGuard_files(t *testing.T) {
	folder := t.TempDir()
	granted, hidden, link := folder+"/granted.txt", folder+"/hidden.lua", folder+"/link.txt"
	for _, name := range []string{granted, hidden} {
		if err := os.WriteFile(name, []byte("return 'content'"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(hidden, link); err != nil {
		t.Fatal(err)
	}
	late := "files are read while scripts load"
	tryAll(t, capability.Set{Files: []string{granted}}, nil, []escape{
		{"granted, late", `return io.open("` + granted + `")`, late},
		{"denied", `return io.open("` + hidden + `")`, `files: ` + hidden + ` is not granted: add it to "files"`},
		{"symbolic link", `return io.open("` + link + `")`, "is not granted"},
		{"dots", `return io.open("` + folder + `/x/../granted.txt")`, "is not granted"},
		{"double slash", `return io.open("/` + granted + `")`, "is not granted"},
		{"nul", `return io.open("` + granted + `\0")`, "is not granted"},
		{"out of the bundle", `return select(2, io.open("../script.lua"))`, "got ../script.lua: No such file"},
		{"the working folder", `return select(2, io.open("./script.lua"))`, "got ./script.lua: No such file"},
		{"lines", `return io.lines("` + hidden + `")`, "is not granted"},
		{"input", `io.input("` + hidden + `") return io.read("a")`, "is not granted"},
		{"loadfile", `return loadfile("` + hidden + `")`, "is not granted"},
		{"dofile", `return dofile("` + hidden + `")`, "is not granted"},
		{"require", `package.path = "` + folder + `/?.lua" return require("hidden")`, "module 'hidden' not found"},
		{"a searcher", `return package.searchers[2]("hidden")`, "no file"},
		{"searchpath", `return package.searchpath("hidden", "` + folder + `/?.lua")`, "got nil"},
		{"native module", `package.cpath = "` + folder + `/?.wasm" return require("hidden")`, "not found"},
		{"write", `return io.open("` + granted + `", "w")`, "cannot write files"},
		{"append", `return io.open("` + granted + `", "a+")`, "cannot write files"},
		{"output", `io.output("` + granted + `")`, "cannot write files"},
		{"remove", `return os.remove("` + granted + `")`, "os.remove: scripts of bundles cannot use it"},
		{"rename", `return os.rename("` + granted + `", "` + hidden + `")`, "os.rename: scripts of bundles cannot use it"},
		{"temporary name", `return os.tmpname()`, "scripts of bundles cannot use it"},
		{"temporary file", `return io.tmpfile()`, "scripts of bundles cannot use it"},
		{"shell", `return os.execute("id")`, "os.execute: scripts of bundles cannot use it"},
		{"pipe", `return io.popen("id")`, "io.popen: scripts of bundles cannot use it"},
		{"map", `return Map.new("` + hidden + `", Map._str)`, "cannot load map at runtime"},
		{"map converter", `return txn.c:map("x", "` + hidden + `")`, "error"},
		{"key of a token", `return txn.c:jwt_verify("a.b.c", "RS256", "` + hidden + `")`, "error"},
	})
	for _, tc := range []struct{ name, script, want string }{
		{"granted", `assert(io.open("` + granted + `"):read("a") == "return 'content'")`, ""},
		{"in an init function", `core.register_init(function() assert(dofile("` + granted + `") == "content") end)`, ""},
		{"denied", `io.open("` + hidden + `")`, "files: " + hidden + " is not granted"},
		{"map", `Map.new("` + hidden + `", Map._str)`, "files: " + hidden + " is not granted"},
		{"kept open", `f = io.open("` + granted + `")
			core.register_fetches("late", function() return f:read("a") end)`, ""},
	} {
		t.Run("while loading, "+tc.name, func(t *testing.T) {
			b, _, err := loadBridge(t, tc.script, grant(capability.Set{Files: []string{granted}}))
			if err == nil {
				err = b.Init(t.Context())
			}
			if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

func TestGuard_headers(t *testing.T) {
	all := capability.Set{ReadHeaders: []string{"cookie"}, SetHeaders: []string{"x-set"}}
	denied := `read-headers: authorization is not granted: add it to "read-headers" in the manifest`
	setting := `set-headers: authorization is not granted: add it to "set-headers" in the manifest`
	tryAll(t, all, nil, []escape{
		{"granted", `return txn.f:req_hdr("Cookie")`, "got session=hush"},
		{"another header", `return txn.f:req_hdr("x-pair")`, "got b"},
		{"denied", `return txn.f:req_hdr("authorization")`, denied},
		{"upper case", `return txn.sf:req_fhdr("AUTHORIZATION")`, denied},
		{"by occurrence", `return txn.f:hdr("Authorization", 1)`, denied},
		{"counted", `return txn.f:req_hdr_cnt("authorization")`, denied},
		{"as a number", `return txn.f:req_hdr_val("authorization")`, denied},
		{"as an address", `return txn.f:req_hdr_ip("authorization")`, denied},
		{"any header", `return txn.f:req_fhdr("", -3)`, "read by all headers"},
		{"all headers", `return txn.f:req_hdrs()`, "authorization (read by req.hdrs) is not granted"},
		{"all headers, binary", `return txn.f:req_hdrs_bin()`, "is not granted"},
		{"a block", `return txn.f:internal_htx_blk_hdrval("4")`, "is not granted"},
		{"capture", `return txn.f:capture_req_hdr(0)`, "is not granted"},
		{"user", `return txn.f:http_auth_user()`, "is not granted"},
		{"password", `return txn.f:http_auth_pass()`, "is not granted"},
		{"scheme", `return txn.f:http_auth_type()`, "is not granted"},
		{"bearer", `return txn.f:http_auth_bearer()`, "is not granted"},
		{"bearer of another header", `return txn.f:http_auth_bearer("Proxy-Authorization")`, "proxy-authorization is not granted"},
		{"session key", `return txn.f:ssl_fc_session_key()`, "secrets of TLS sessions"},
		{"table", `return tostring(txn.http:req_get_headers()["authorization"])`, "got nil"},
		{"iterated", `local all = "" for name in pairs(txn.http:req_get_headers()) do all = all .. name end
			return tostring(all:find("authorization"))`, "got nil"},
		{"table, granted", `return txn.http:req_get_headers()["cookie"][0]`, "got session=hush"},
		{"a method from its class", `return tostring(getmetatable(txn.http).__index.req_get_headers(txn.http)["authorization"])`, "got nil"},
		{"replaced, to learn it", `txn.http:req_rep_header("authorization", "Basic (.*)", "\\1")`, setting},
		{"set, granted", `txn.http:req_set_header("X-Set", "1") return txn.f:req_hdr("x-set")`, "got 1"},
		{"set", `txn.http:req_set_header("Authorization", "Basic eA==")`, setting},
		{"added", `txn.http:req_add_header("AUTHORIZATION", "x")`, setting},
		{"deleted", `txn.http:req_del_header("authorization")`, setting},
		{"values replaced", `txn.http:req_rep_value("authorization", ".*", "x")`, setting},
		{"with a blank", `txn.http:req_set_header("x-set ", "x")`, "is not granted"},
		{"number", `txn.http:req_set_header(7, "x")`, "set-headers: 7 is not granted"},
		{"host", `txn.http:req_set_header("host", "elsewhere")`, "set-headers: host is not granted"},
	})
	t.Run("the log tells what was left out", func(t *testing.T) {
		b, r := newBridge(t, `core.register_fetches("try", function(txn) txn.http:req_get_headers() return txn.http:req_get_headers() end)`, grant(all))
		s := newExchange()
		s.Request.Add("authorization", []byte("x"))
		fetched(t, b, s, "try")
		fetched(t, b, s, "try")
		if n := strings.Count(r.text(), "authorization (left out of a table of headers) is not granted"); n != 1 {
			t.Errorf("%d warnings: %s", n, r.text())
		}
	})
	t.Run("reply", func(t *testing.T) {
		b, r := newBridge(t, `core.register_action("reply", {"http-req"}, function(txn)
			local reply = txn:reply()
			reply:add_header("Set-Cookie", "admin=1")
			txn:done(reply)
		end)`, grant(all))
		if acted(t, b, newExchange(), stream.HTTPRequest, "reply"); !strings.Contains(r.text(), "set-headers: set-cookie is not granted") {
			t.Error(r.text())
		}
	})
}

// A service has doors of its own to headers.
func TestGuard_service(t *testing.T) {
	b, r := newBridge(t, `core.register_service("s", "http", function(applet)
  local _, denied = pcall(applet.add_header, applet, "Set-Cookie", "admin=1")
  applet:add_header("X-Set", "1")
  applet:start_response()
  applet:send(tostring(applet.headers.authorization) .. " " .. applet.headers.cookie[0] .. " " .. denied)
  applet:send(select(2, pcall(applet.sf.req_hdr, applet.sf, "authorization")))
end)`, grant(capability.Set{ReadHeaders: []string{"cookie"}, SetHeaders: []string{"x-set"}}))
	service, err := b.BindService(stream.ModeHTTP, "s")
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(stream.ModeHTTP, "")
	c.stream.Request.Add("authorization", []byte("hush"))
	c.stream.Request.Add("cookie", []byte("a=b"))
	if err := service.Serve(c); err != nil {
		t.Error(err)
	}
	got := c.gets.String()
	for _, want := range []string{"x-set: 1\n\nnil a=b ", "set-headers: set-cookie is not granted", "read-headers: authorization is not granted"} {
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want %q; log: %s", got, want, r.text())
		}
	}
}

func TestGuard_network(t *testing.T) {
	var dialled []string
	dial := func(c *Config) {
		c.Standard.Dial = recordDial(&dialled)
	}
	set := capability.Set{UnixSockets: []string{"/run/granted.sock"}}
	for _, text := range []string{"192.0.2.1:80", "10.0.0.0/8:8000-8999", "[2001:db8::]/32:*", "localhost:7"} {
		d, err := capability.ParseDestination(text)
		if err != nil {
			t.Fatal(err)
		}
		set.Network = append(set.Network, d)
	}
	connect := func(address, port string) string {
		return fmt.Sprintf(`local s = core.tcp() return tostring(select(2, s:connect(%q, %s)))`, address, port)
	}
	tried := "got Can't connect"
	tryAll(t, set, dial, []escape{
		{"granted", connect("192.0.2.1", "80"), tried},
		{"another port", connect("192.0.2.1", "81"), `network: 192.0.2.1:81 is not granted: add it to "network" in the manifest`},
		{"another address", connect("192.0.2.2", "80"), "network: 192.0.2.2:80 is not granted"},
		{"network", connect("10.1.2.3", "8080"), tried},
		{"mapped, granted", connect("::ffff:192.0.2.1", "80"), tried},
		{"mapped", connect("::ffff:192.0.2.2", "80"), "network: 192.0.2.2:80 is not granted"},
		{"mapped loopback", connect("::ffff:127.0.0.1", "80"), "network: 127.0.0.1:80 is not granted"},
		{"decimal", connect("2130706433", "80"), "network: 2130706433:80 is not granted"},
		{"octal", connect("0177.0.0.1", "80"), "network: 0177.0.0.1:80 is not granted"},
		{"short", connect("127.1", "80"), "network: 127.1:80 is not granted"},
		{"hexadecimal", connect("0x7f000001", "80"), "is not granted"},
		{"unspecified", connect("0.0.0.0", "80"), "network: 0.0.0.0:80 is not granted"},
		{"IPv6", connect("2001:db8::7", "80"), tried},
		{"zone", connect("fe80::1%lo", "80"), "is not granted"},
		{"metadata", connect("169.254.169.254", "80"), "is not granted"},
		{"name", connect("api.example.com", "443"), "network: api.example.com:443 is not granted"},
		{"prefix", connect("ipv4@192.0.2.2:80", "nil"), "network: 192.0.2.2:80 is not granted"},
		{"over TLS", `return core.tcp():connect_ssl("192.0.2.2", 443)`, "network: 192.0.2.2:443 is not granted"},
		{"over TLS with a granted name", `return core.tcp():connect_ssl("192.0.2.2", 443, {sni = "192.0.2.1"})`, "network: 192.0.2.2:443 is not granted"},
		{"localhost", connect("localhost", "7"), tried},
		{"localhost, another port", connect("localhost", "8"), "network: localhost:8 is not granted"},
		{"unix socket, granted", connect("/run/granted.sock", "nil"), tried},
		{"unix socket", connect("/run/other.sock", "nil"), `unix-sockets: /run/other.sock is not granted: add it to "unix-sockets"`},
		{"unix socket with dots", connect("/run/../run/granted.sock", "nil"), "is not granted"},
		{"unix socket by prefix", connect("unix@/run/other.sock", "nil"), "unix-sockets: /run/other.sock is not granted"},
		{"relative unix socket", connect("unix@granted.sock", "nil"), "unix-sockets: granted.sock is not granted"},
		{"abstract socket", connect("abns@granted", "nil"), "is not granted"},
		{"abstract socket by path", connect("unix@@granted", "nil"), "unix-sockets: @granted is not granted"},
		{"abstract socket by nul", connect("unix@\\0granted", "nil"), "is not granted"},
		{"address as the object", `return core.tcp().connect({[0] = 0}, "192.0.2.2", 80)`, "error"},
		{"in a coroutine", `return coroutine.wrap(function() return core.tcp():connect("192.0.2.2", 80) end)()`, "is not granted"},
	})
	for _, address := range dialled {
		host, _, err := net.SplitHostPort(address)
		if err == nil && net.ParseIP(host) == nil {
			t.Errorf("a name was dialled: %s", address)
		}
	}
}
