package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tidelock/cmd/tidelock/telemetry/otlptest"
)

// bundler makes bundles in a folder of its own, and configurations that run them.
type bundler struct {
	t             *testing.T
	folder, cache string
}

func newBundler(t *testing.T) *bundler {
	t.Helper()
	t.Setenv(keyPasswordVariable, "secret")
	b := &bundler{t: t, folder: layout(t, nil), cache: t.TempDir()}
	mustRun(t, "key", "generate", "-o", b.path("key"))
	return b
}

func (b *bundler) path(name string) string { return filepath.Join(b.folder, name) }

// manifest is what tests vary of one.
type manifest map[string]any

// bundle builds a bundle whose service answers with a text, or fails when that is "". It returns the path.
func (b *bundler) bundle(version, text string, vary manifest) string {
	b.t.Helper()
	return b.build(version, fmt.Sprintf(`core.register_service("hello", "http", function(applet)
  local text = %q
  if text == "" then error("broken") end
  applet:start_response()
  applet:send(text)
end)`, text), vary)
}

// build builds a bundle of a script, and returns the path.
func (b *bundler) build(version, script string, vary manifest) string {
	b.t.Helper()
	fields := manifest{
		"name": "acme/hello", "version": version, "dialect": "5.4", "entry": "main.lua",
		"registrations": []map[string]string{{"kind": "service", "name": "hello"}},
	}
	for name, value := range vary {
		fields[name] = value
	}
	document, err := json.Marshal(fields)
	if err != nil {
		b.t.Fatal(err)
	}
	source := b.path("source")
	for name, content := range map[string]string{"bundle.json": string(document), "main.lua": script} {
		if err := os.MkdirAll(source, 0o700); err == nil {
			err = os.WriteFile(filepath.Join(source, name), []byte(content), 0o600)
		}
		if err != nil {
			b.t.Fatal(err)
		}
	}
	path := b.path("hello-" + version + ".tar")
	mustRun(b.t, "bundle", "build", "-o", path, source)
	return path
}

func (b *bundler) sign(path string) string {
	b.t.Helper()
	mustRun(b.t, "bundle", "sign", path, "--key", b.path("key.key"))
	return path
}

// configuration runs a bundle.
func (b *bundler) configuration(reference string) string {
	return fmt.Sprintf(`
global
    stats socket %[1]s/api level admin
    lua-bundle hi %[2]s
frontend www
    mode http
    timeout client 1h
    bind unix@%[1]s/www
    http-request use-service lua.hi.hello if { path /long }
    http-request use-service lua.hello
`, b.folder, reference)
}

// arguments are those that trust the key, and others.
func (b *bundler) arguments(others ...string) []string {
	return append([]string{"--state-folder", b.path("state"), "--bundle-keys", b.path("key.pub")}, others...)
}

func (b *bundler) serve(reference string, arguments ...string) *served {
	b.t.Helper()
	return serve(b.t, b.folder, b.cache, b.configuration(reference), b.arguments(arguments...)...)
}

// check returns what a check of a configuration says, and its status.
func (b *bundler) check(reference string, arguments ...string) (status int, said string) {
	b.t.Helper()
	path := b.path("check.cfg")
	if err := os.WriteFile(path, []byte(b.configuration(reference)), 0o600); err != nil {
		b.t.Fatal(err)
	}
	status, stdout, stderr := command(b.t, append([]string{"check", "-f", path, "--cache-folder", b.cache}, arguments...)...)
	return status, stdout + stderr
}

// TestBundle_Errors refuses what an operator has not allowed, and says what was expected and what was found.
func TestBundle_Errors(t *testing.T) {
	b := newBundler(t)
	mustRun(t, "key", "generate", "-o", b.path("other"))
	unsigned := b.bundle("0.9.0", "unsigned", nil)
	signed := b.sign(b.bundle("1.0.0", "signed", manifest{"limits": map[string]any{"memory": 64 << 20}}))
	asking := b.sign(b.bundle("1.1.0", "asking", manifest{"capabilities": map[string]any{"network": []string{"example.com:443"}}}))
	old := b.sign(b.bundle("0.1.0", "old", nil))
	trusted := b.arguments()
	keys := func(entry string) []string { return []string{"--state-folder", b.path("none"), "--bundle-keys", entry} }
	if status, said := b.check("file:"+signed+" key="+b.path("key.pub"), "--state-folder", b.path("none")); status != exitOK {
		t.Errorf("the line's key alone: %s", said)
	}
	if err := os.MkdirAll(b.path("corrupt"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(b.path("corrupt/bundles.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}

	s := b.serve("file:" + signed)
	if got := s.get("/"); got != "200 signed" {
		t.Errorf("got %s", got)
	}
	s.stop()

	for _, test := range []struct {
		name, path string
		arguments  []string
		want       string
	}{
		{"unsigned", unsigned, trusted, "not signed"},
		{"no key", signed, []string{"--state-folder", b.path("none")}, "no key is trusted, and unsigned bundles are not allowed"},
		{"other key", signed, keys(b.path("other.pub")), "key"},
		{"other name", signed, keys(b.path("key.pub") + " names=other/*"), "signs other/*, found 'acme/hello'"},
		{"expired key", signed, keys(b.path("key.pub") + " until=2001-01-31"), "the key has expired"},
		{"mistyped key", signed, keys(b.path("key.pub") + " name=a"), "bundle-keys: expected names=PATTERN or until=DATE, found 'name=a'"},
		{"older", old, trusted, "expected at least version 1.0.0, which has run before (" + b.path("state/bundles.json") + "), found 0.1.0"},
		{"state corrupt", signed, append(trusted, "--state-folder", b.path("corrupt")), "restore it, or remove it"},
		{"ceiling", signed, append(trusted, "--ceiling-bundle-memory", "32m"), "limits.memory 67108864, ceiling-bundle-memory allows 33554432"},
		{"not granted", asking, trusted, "asks for what bundle-grants does not have: 'acme/hello network=example.com:443'"},
		{"wrong pin", signed + "@sha256:" + strings.Repeat("0", 64), trusted, "another digest than the pinned one: expected sha256:0000"},
		{"pinned elsewhere", signed, append(trusted, "--bundle-pins", "acme/hello=sha256:"+strings.Repeat("0", 64)), "bundle-pins expects sha256:0000"},
		{"missing", b.path("none.tar"), trusted, "no such file"},
		{"line's key, unsigned", unsigned + " key=" + b.path("key.pub"), append(keys(b.path("key.pub")), "--bundle-allow-unsigned"), "not signed"},
		{"line's key, other", signed + " key=" + b.path("other.pub"), trusted, "other.pub: expected one of the keys that bundle-keys trusts, found another"},
		{"line's key, other, alone", signed + " key=" + b.path("other.pub"), []string{"--state-folder", b.path("none")}, "key"},
		{"line's key, other name", signed + " key=" + b.path("key.pub"), keys(b.path("key.pub") + " names=other/*"), "signs other/*, found 'acme/hello'"},
		{"line's key, missing", signed + " key=" + b.path("none.pub"), trusted, "none.pub: no such file"},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, said := b.check("file:"+test.path, test.arguments...)
			if status != exitError || !strings.Contains(said, test.want) || test.name != "mistyped key" && !strings.Contains(said, "check.cfg:4]") {
				t.Errorf("status %d, said %s\nwant %s", status, said, test.want)
			}
		})
	}
	for _, allowed := range [][]string{
		{"file:" + unsigned, "--bundle-allow-unsigned", "--bundle-allow-older"},
		{"file:" + old, "--bundle-allow-older"},
		{"file:" + asking, "--bundle-grants", "acme/* network=example.com:443"},
		{"file:" + asking, "--bundle-grants", "acme/hello *"},
		{"file:" + signed + " key=" + b.path("key.pub")},
	} {
		if status, said := b.check(allowed[0], append(trusted, allowed[1:]...)...); status != exitOK {
			t.Errorf("%q: %s", allowed, said)
		}
	}
}

// TestBundle_roll follows a tag: to a newer version while a request is under way, not to one that does not load, and back from
// one that fails.
func TestBundle_roll(t *testing.T) {
	b := newBundler(t)
	reference := "oci:" + startRegistry(t) + "/acme/hello:stable"
	push := func(path string) { mustRun(t, "bundle", "push", b.sign(path), reference, "--plain-http") }
	push(b.bundle("1.0.0", "one", nil))
	received := observed(t)
	s := b.serve(reference, "--bundle-plain-http", "--bundle-poll", "20ms", "--bundle-return-executions", "3")
	until := func(want string) {
		t.Helper()
		for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
			got := s.get("/")
			if got == want {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("got %s, want %s; bundles: %s", got, want, s.ask("show bundles"))
			}
		}
	}
	until("200 one")
	push(b.bundle("1.1.0", "two", nil))
	until("200 two")

	push(b.bundle("1.2.0", "none", manifest{"registrations": []any{}}))
	s.await(`bundle not rolled.*registers service 'hello', which the manifest does not list`)
	until("200 two")
	push(b.bundle("0.1.0", "older", nil))
	s.await(`bundle not rolled.*expected at least version 1.1.0`)
	until("200 two")

	push(b.bundle("1.3.0", "", nil))
	for ; !strings.Contains(s.log.text(), "taken back"); time.Sleep(20 * time.Millisecond) {
		if got := s.get("/"); got != "200 two" && !strings.HasPrefix(got, "500") {
			t.Fatalf("got %s", got)
		}
	}
	until("200 two")
	if got := s.ask("show bundles"); !strings.Contains(got, "acme/hello 1.1.0 sha256:") || !strings.Contains(got, "returned from sha256:") {
		t.Errorf("show bundles: %s", got)
	}
	push(b.bundle("1.4.0", "four", nil))
	until("200 four")
	if got := s.ask("return bundle hi"); !strings.Contains(got, "Returned.") {
		t.Errorf("return bundle: %s", got)
	}
	until("200 two")
	if got := s.ask("roll bundle hi"); !strings.Contains(got, "Rolled.") {
		t.Errorf("roll bundle: %s", got)
	}
	until("200 four")
	if got := s.ask("roll bundle none"); !strings.Contains(got, "no such bundle: 'none'") {
		t.Errorf("roll bundle: %s", got)
	}
	s.stop()
	http.DefaultClient.CloseIdleConnections() // to the registry
	if !measured(received, "tidelock.bundle.rolls") {
		t.Error("rolls are not counted")
	}
	seen := make(map[string]bool) // versions
	for _, span := range received.Spans() {
		if span.Name == "lua service hello" {
			attributes := otlptest.Attributes(span.Attributes)
			if attributes["tidelock.bundle.name"] != "acme/hello" || !strings.HasPrefix(attributes["tidelock.bundle.digest"], "sha256:") {
				t.Fatalf("attributes of an execution: %v", attributes)
			}
			seen[attributes["tidelock.bundle.version"]] = true
		}
	}
	if !seen["1.0.0"] || !seen["1.1.0"] || !seen["1.3.0"] {
		t.Errorf("versions traced: %v", seen)
	}
}

// TestBundle_interrupted cuts pulls of a newer version off, and stops the program in one: what served goes on, and can be started
// again.
func TestBundle_interrupted(t *testing.T) {
	b := newBundler(t)
	faulty := startFaultyRegistry(t)
	reference := faulty.reference
	push := func(path string) { mustRun(t, "bundle", "push", b.sign(path), reference, "--plain-http") }
	first := b.bundle("1.0.0", "one", nil)
	push(first)
	second := b.bundle("2.0.0", "two", nil)

	s := b.serve(reference, "--bundle-plain-http", "--bundle-poll", "20ms")
	cut, hang := "cut", "hang"
	faulty.fault.Store(&cut)
	push(second)
	s.await(`bundle not rolled`)
	const want = "200 one"
	if got := s.get("/"); got != want {
		t.Errorf("while pulls are cut off: %s, want %s", got, want)
	}
	faulty.fault.Store(&hang)
	push(b.bundle("3.0.0", "three", nil))
	faulty.awaitPull()
	if got := s.get("/"); got != want {
		t.Errorf("while a pull hangs: %s, want %s", got, want)
	}
	s.stop()
	faulty.fault.Store(nil)
	http.DefaultClient.CloseIdleConnections()
	if status, said := b.check("file:"+first, b.arguments()...); status != exitOK {
		t.Errorf("after the stop: %s", said)
	}
}

// ask sends a command to the runtime API and returns the answer.
func (s *served) ask(command string) string {
	c := s.dial("api")
	defer c.Close()
	if _, err := io.WriteString(c, command+"\n"); err != nil {
		s.t.Error(err)
	}
	answer, err := io.ReadAll(c)
	if err != nil {
		s.t.Error(err)
	}
	return string(answer)
}

// TestBundle_guide follows docs/bundles.md from an empty folder to a signed bundle that serves.
func TestBundle_guide(t *testing.T) {
	guide, err := os.ReadFile("../../docs/bundles.md")
	if err != nil {
		t.Fatal(err)
	}
	cache, folder := t.TempDir(), layout(t, nil)
	t.Chdir(folder)
	t.Setenv(keyPasswordVariable, "secret")
	for _, line := range []string{
		"bundle init hello --name acme/hello",
		"script test hello --cache-folder " + cache,
		"bundle build --strict hello",
		"key generate",
		"bundle sign hello-0.1.0.tar --key tidelock.key",
		"bundle verify hello-0.1.0.tar --key tidelock.pub",
	} {
		mustRun(t, strings.Fields(line)...)
	}
	_, rest, _ := strings.Cut(string(guide), "```haproxy\n")
	configuration, _, _ := strings.Cut(rest, "```")
	configuration = strings.Replace(configuration, "127.0.0.1:8080", "unix@"+folder+"/www", 1)
	s := serve(t, folder, cache, configuration, "--bundle-keys", "tidelock.pub",
		"--bundle-grants", "acme/hello set-headers=*", "--state-folder", filepath.Join(folder, "state"))
	if got := s.get("/world"); !strings.Contains(string(guide), "\n"+strings.TrimSpace(strings.TrimPrefix(got, "200 "))+"\n") {
		t.Errorf("got %q, which the guide does not have", got)
	}
}

// TestBundle_heldOpen rolls while a request is under way: it ends in the version that it began in, whatever serves others by then.
func TestBundle_heldOpen(t *testing.T) {
	b := newBundler(t)
	reference := "oci:" + startRegistry(t) + "/acme/hello:stable"
	version := func(version, text string) string {
		return b.sign(b.build(version, fmt.Sprintf(`core.register_service("hello", "http", function(applet)
  applet:start_response()
  applet:send(%q)
  applet:send(tostring(#applet:receive()))
end)`, text), nil))
	}
	mustRun(t, "bundle", "push", version("1.0.0", "one"), reference, "--plain-http")
	s := b.serve(reference, "--bundle-plain-http")
	c := s.dial("www")
	defer c.Close()
	fmt.Fprintf(c, "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhe")
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	begun := make([]byte, 3)
	if _, err := io.ReadFull(response.Body, begun); err != nil || string(begun) != "one" {
		t.Fatalf("got %q, %v, want one", begun, err)
	}
	mustRun(t, "bundle", "push", version("1.1.0", "two"), reference, "--plain-http")
	if got := s.ask("roll bundle hi"); !strings.Contains(got, "Rolled.") {
		t.Errorf("roll bundle: %s", got)
	}
	if got := s.get("/"); got != "200 two0" {
		t.Errorf("after the roll: %s, want 200 two0", got)
	}
	io.WriteString(c, "llo")
	rest, err := io.ReadAll(response.Body)
	if err != nil || string(rest) != "5" {
		t.Errorf("the request that was held open got %q, %v, want 5", rest, err)
	}
	s.stop()
	http.DefaultClient.CloseIdleConnections() // to the registry
}
