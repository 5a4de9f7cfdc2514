package main

import (
	"encoding/json"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/registry"
)

// command runs tidelock with arguments and returns its exit status and what it wrote.
func command(t *testing.T, arguments ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, errs strings.Builder
	status = doMain(append([]string{"tidelock"}, arguments...), &out, &errs)
	return status, out.String(), errs.String()
}

// mustRun runs what has to succeed.
func mustRun(t *testing.T, arguments ...string) string {
	t.Helper()
	status, stdout, stderr := command(t, arguments...)
	if status != exitOK {
		t.Fatalf("tidelock %s: status %d, %s", strings.Join(arguments, " "), status, stderr)
	}
	return stdout
}

// startRegistry returns the address of a registry that keeps what it gets in memory.
func startRegistry(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(registry.New(registry.WithReferrersSupport(true), registry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}

// Test_bundle_test builds with what tests tell: what the scripts compute, and nothing that belongs to the tests themselves.
func Test_bundle_test(t *testing.T) {
	cache := t.TempDir()
	t.Chdir(layout(t, map[string]string{
		"bundle.json": `{"name": "b", "version": "1.0.0", "dialect": "5.4", "entry": "main.lua", "registrations": [{"kind": "action", "name": "a"}]}`,
		"main.lua": `
local name = "x-" .. "user"
core.register_action("a", {"http-req"}, function(txn, where)
  local address, port = where:match("(.*):(.*)")
  core.tcp():connect(address, tonumber(port))
  core.tcp():connect("127.0.0" .. ".1", 1)
  local f = io.open("data.txt")
  txn.http:req_set_header(name, os.getenv("HO" .. "ME") or "")
  core.shared.set("k." .. name, 1)
  txn.f:req_hdr("cook" .. "ie")
end, 1)`,
		"main_test.lua": `
script "main.lua"
describe("a", function()
  it("reaches", function()
    local u = upstream{body = "x"}
    exchange{path = "/", headers = {cookie = "a=b"}}:action("a", u.address)
    u:close()
  end)
end)`,
	}))
	status, stdout, stderr := command(t, "bundle", "build", "--test", "-o", "b.tar", "--cache-folder", cache)
	const want = `proposed capabilities:
{
  "network": [
    "127.0.0.1:1"
  ],
  "environment": [
    "HOME"
  ],
  "shared": [
    "k."
  ],
  "read-headers": [
    "cookie"
  ],
  "set-headers": [
    "x-user"
  ]
}
`
	if status != 0 || !strings.Contains(stderr, want) || !strings.Contains(stderr, "1 passed, 0 failed") || !strings.Contains(stdout, "b.tar") {
		t.Errorf("status %d\n%s%s", status, stdout, stderr)
	}
	if status, _, stderr := command(t, "bundle", "build", "--test", "--strict", "-o", "strict.tar", "--cache-folder", cache); status == 0 {
		t.Errorf("strict: %s", stderr)
	}
	if err := os.WriteFile("main_test.lua", []byte(`describe("a", function() it("fails", function() error("no") end) end)`), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, _, stderr := command(t, "bundle", "build", "--test", "-o", "failed.tar", "--cache-folder", cache); status == 0 || !strings.Contains(stderr, "1 failed") {
		t.Errorf("tests that fail: status %d: %s", status, stderr)
	}
	for _, name := range []string{"strict.tar", "failed.tar"} {
		if _, err := os.Stat(name); err == nil {
			t.Errorf("%s was written", name)
		}
	}
}

// Test_bundle follows docs/bundles.md, from an empty folder to a signed bundle that came through a registry.
func Test_bundle(t *testing.T) {
	cache := t.TempDir()
	t.Chdir(t.TempDir())
	t.Setenv(keyPasswordVariable, "secret")
	host := startRegistry(t)
	reference := "oci:" + host + "/acme/hello"

	mustRun(t, "bundle", "init", "hello", "--name", "acme/hello")
	if tested := mustRun(t, "script", "test", "hello", "--cache-folder", cache); !strings.Contains(tested, "2 passed, 0 failed") {
		t.Errorf("the template's tests: %s", tested)
	}
	built := mustRun(t, "bundle", "build", "--strict", "hello")
	lines := strings.Split(strings.TrimSpace(built), "\n")
	if len(lines) != 3 || lines[0] != "acme/hello 0.1.0" || lines[1] != "hello-0.1.0.tar" {
		t.Fatalf("built: %q", built)
	}
	digest := lines[2]
	mustRun(t, "key", "generate")
	if signed := mustRun(t, "bundle", "sign", "hello-0.1.0.tar", "--key", "tidelock.key"); !strings.HasPrefix(signed, digest+"\n") {
		t.Errorf("signed: %q", signed)
	}
	mustRun(t, "bundle", "push", "hello-0.1.0.tar", reference+":0.1.0", "--plain-http")
	for _, place := range []string{"hello-0.1.0.tar", "file:hello-0.1.0.tar@" + digest, reference + ":0.1.0", reference + "@" + digest} {
		if verified := mustRun(t, "bundle", "verify", place, "--key", "tidelock.pub", "--plain-http"); !strings.Contains(verified, "signed by tidelock.pub") {
			t.Errorf("%s: verified %q", place, verified)
		}
	}
	_, _, progress := command(t, "bundle", "pull", reference+":0.1.0", "-o", "pulled", "--plain-http")
	if strings.Count(progress, "sha256:") < 4 { // manifest, config, scripts, signature
		t.Errorf("progress of pulling:\n%s", progress)
	}
	mustRun(t, "bundle", "diff", "hello-0.1.0.tar", "pulled")
	mustRun(t, "bundle", "verify", "pulled", "--key", "tidelock.pub")
	if again := mustRun(t, "bundle", "build", "hello"); !strings.Contains(again, digest) {
		t.Errorf("built again: %q", again)
	}
}

func Test_bundle_json(t *testing.T) {
	t.Chdir(t.TempDir())
	mustRun(t, "bundle", "init", "hello")
	mustRun(t, "key", "generate", "--no-password", "-o", "mine")
	tests := []struct{ name, field, want string }{
		{"bundle build hello -o a.tar", "name", "hello"},
		{"bundle sign a.tar --key mine.key", "key", "="},
		{"bundle verify a.tar --key mine.pub", "key", "mine.pub"},
		{"bundle inspect a.tar", "digest", "sha256:"},
		{"key generate --no-password -o other", "private", "other.key"},
		{"bundle init other", "folder", "other"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			var got map[string]any
			if err := json.Unmarshal([]byte(mustRun(t, append(strings.Fields(tc.name), "--json")...)), &got); err != nil {
				t.Fatal(err)
			}
			if value, _ := got[tc.field].(string); !strings.Contains(value, tc.want) {
				t.Errorf("%s is %v", tc.field, got[tc.field])
			}
		})
	}
}

func Test_bundle_diff(t *testing.T) {
	t.Chdir(t.TempDir())
	mustRun(t, "bundle", "init", "a", "--name", "hello")
	mustRun(t, "bundle", "init", "b", "--name", "hello")
	for path, content := range map[string]string{
		"b/greeting.lua": "return {to = tostring}\n", "b/new.txt": "", "a/old.txt": "",
	} {
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	rewrite(t, "b/bundle.json", `"0.1.0"`, `"0.2.0"`)
	mustRun(t, "bundle", "build", "a", "-o", "a.tar")
	mustRun(t, "bundle", "build", "b", "-o", "b.tar")
	status, text, _ := command(t, "bundle", "diff", "a.tar", "b.tar")
	for _, want := range []string{
		`~ version: "0.1.0" -> "0.2.0"`, "+ new.txt", "- old.txt", "~ greeting.lua", "+return {to = tostring}", "-local greeting = {}",
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if status != exitNo {
		t.Errorf("status %d", status)
	}
	_, document, _ := command(t, "bundle", "diff", "a.tar", "b.tar", "--json")
	var d bundleDifference
	if err := json.Unmarshal([]byte(document), &d); err != nil || len(d.Manifest) != 1 || len(d.Files) != 3 {
		t.Errorf("%v in %s", err, document)
	}
}

// Test_bundle_hostile shows a bundle that would like to write to the terminal.
func Test_bundle_hostile(t *testing.T) {
	t.Chdir(t.TempDir())
	mustRun(t, "bundle", "init", "a", "--name", "hello")
	mustRun(t, "bundle", "build", "a", "-o", "a.tar")
	rewrite(t, "a/main.lua", "-- ", "-- \x1b[2J\u009b2J")
	mustRun(t, "bundle", "build", "a", "-o", "b.tar")
	if _, text, _ := command(t, "bundle", "diff", "a.tar", "b.tar"); strings.ContainsAny(text, "\x1b\u009b") || !strings.Contains(text, "[2J") {
		t.Errorf("printed %q", text)
	}
}

func rewrite(t *testing.T, path, old, with string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(content), old, with, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

func Test_bundle_Errors(t *testing.T) {
	t.Chdir(t.TempDir())
	host := startRegistry(t)
	mustRun(t, "bundle", "init", "hello")
	mustRun(t, "bundle", "build", "hello", "-o", "a.tar")
	mustRun(t, "key", "generate", "--no-password", "-o", "mine")
	mustRun(t, "key", "generate", "--no-password", "-o", "other")
	mustRun(t, "bundle", "build", "hello", "-o", "signed.tar")
	mustRun(t, "bundle", "sign", "signed.tar", "--key", "mine.key")
	zeros := "@sha256:" + strings.Repeat("0", 64)
	if err := os.WriteFile("flipped.tar", flipped(t, "signed.tar"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("hello", "main.lua"), []byte(`core.register_fetches("f", f) os.getenv(n)`), 0o644); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, arguments string
		status          int
		want            string
	}{
		{"init over a bundle", "bundle init hello", 1, "is there already"},
		{"init with a name that is none", "bundle init x --name A", 1, "name: expected"},
		{"init from nothing", "bundle init x --from no.cfg", 1, "no such file"},
		{"build of nothing", "bundle build .", 1, "no bundle.json"},
		{"build with warnings", "bundle build hello -o b.tar", 0, "warning: main.lua:1: registers the fetch 'f'"},
		{"build that is strict", "bundle build hello --strict -o strict.tar", 1, "capabilities.environment"},
		{"sign without a key", "bundle sign a.tar", 1, "required flag"},
		{"sign with a public key", "bundle sign a.tar --key mine.pub", 1, "mine.pub: private key"},
		{"sign what is not there", "bundle sign no.tar --key mine.key", 1, "no such file"},
		{"verify what nobody signed", "bundle verify a.tar --key mine.pub", exitNo, "a.tar: not signed"},
		{"verify with another key", "bundle verify signed.tar --key other.pub", exitNo, "signed by the key"},
		{"verify with one of two keys", "bundle verify signed.tar --key other.pub --key mine.pub", 0, "signed by mine.pub"},
		{"verify another digest", "bundle verify signed.tar" + zeros + " --key mine.pub", exitNo, "another digest than the pinned one"},
		{"verify another name", "bundle verify signed.tar --key mine.pub --name acme/*", exitNo, "mine.pub signs acme/*, found 'hello'"},
		{"verify what is not there", "bundle verify no.tar --key mine.pub", exitTrouble, "no such file"},
		{"verify with a key that is not there", "bundle verify signed.tar --key no.pub", exitTrouble, "no such file"},
		{"verify a changed file", "bundle verify flipped.tar --key mine.pub", exitTrouble, "flipped.tar"},
		{"diff with what is not there", "bundle diff a.tar no.tar", exitTrouble, "no such file"},
		{"inspect another digest", "bundle inspect a.tar" + zeros, 1, "another digest than the pinned one"},
		{"push to a file", "bundle push a.tar b.tar", 1, "expected oci:HOST/NAME:TAG"},
		{"pull from a file", "bundle pull a.tar", 1, "expected oci:HOST/NAME:TAG"},
		{"pull what is not there", "bundle pull --plain-http oci:" + host + "/acme/auth:1", 1, "not found"},
		{"a key without a password", "key generate -o third", 1, "--no-password"},
		{"a key that is there", "key generate --no-password -o mine", 1, "mine.key: file exists"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			status, stdout, stderr := command(t, strings.Fields(tc.arguments)...)
			if status != tc.status || !strings.Contains(stdout+stderr, tc.want) {
				t.Errorf("status %d, %q; expected %d, %q", status, stdout+stderr, tc.status, tc.want)
			}
		})
	}
	if _, err := os.Stat("strict.tar"); err == nil {
		t.Error("--strict wrote a bundle")
	}
}

// flipped returns a file with one bit in its middle changed.
func flipped(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	content[len(content)/2] ^= 1
	return content
}

// Test_keyGenerate keeps the private key from other users.
func Test_keyGenerate(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("password", []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	mustRun(t, "key", "generate", "--password-file", "password")
	info, err := os.Stat("tidelock.key")
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	if _, err := readPrivateKey("tidelock.key", "password"); err != nil {
		t.Error(err)
	}
	if _, err := readPrivateKey("tidelock.key", ""); err == nil {
		t.Error("read without its password")
	}
}
