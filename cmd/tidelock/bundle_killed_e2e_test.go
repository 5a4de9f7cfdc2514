package main

import (
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
)

// faultyRegistry is a registry whose blobs arrive half, or never.
type faultyRegistry struct {
	reference string
	fault     atomic.Pointer[string] // "cut" or "hang"; nil: none
	pulling   chan struct{}          // each blob that is asked for
}

func startFaultyRegistry(t *testing.T) *faultyRegistry {
	t.Helper()
	f := &faultyRegistry{pulling: make(chan struct{}, 1000)}
	blobs := registry.New(registry.WithReferrersSupport(true), registry.Logger(log.New(io.Discard, "", 0)))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/blobs/") {
			f.pulling <- struct{}{}
			if how := f.fault.Load(); how != nil {
				w.Header().Set("Content-Length", "100")
				io.WriteString(w, "half") //nolint:errcheck // the other end may be gone
				http.NewResponseController(w).Flush()
				if *how == "hang" {
					<-r.Context().Done()
				}
				panic(http.ErrAbortHandler)
			}
		}
		blobs.ServeHTTP(w, r)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(server.Close)
	f.reference = "oci:" + strings.TrimPrefix(server.URL, "http://") + "/acme/hello:stable"
	return f
}

// awaitPull waits until another blob is asked for.
func (f *faultyRegistry) awaitPull() {
	for len(f.pulling) > 0 {
		<-f.pulling
	}
	<-f.pulling
}

// start starts the program as a process of its own.
func (b *bundler) start(arguments ...string) *exec.Cmd {
	b.t.Helper()
	program, err := os.Executable()
	if err != nil {
		b.t.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Args = append([]string{"tidelock"}, arguments...)
	cmd.Env = append(os.Environ(), asProgram+"=1", "XDG_CACHE_HOME="+b.cache)
	cmd.Stdout, cmd.Stderr = b.t.Output(), b.t.Output()
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { kill(cmd) })
	return cmd
}

// kill ends a process without a chance to put anything in order.
func kill(cmd *exec.Cmd) {
	cmd.Process.Kill() //nolint:errcheck // it may have ended
	cmd.Wait()         //nolint:errcheck // it was killed
}

// runs starts a configuration with a bundle, and waits until that answers with a text.
func (b *bundler) runs(reference, want string) *exec.Cmd {
	b.t.Helper()
	path := b.path("killed.cfg")
	if err := os.WriteFile(path, []byte(b.configuration(reference)), 0o600); err != nil {
		b.t.Fatal(err)
	}
	cmd := b.start(append([]string{"run", "-f", path, "--cache-folder", b.cache, "--bundle-plain-http", "--bundle-poll", "20ms"}, b.arguments()...)...)
	client := http.Client{Timeout: patience, Transport: &http.Transport{
		DisableKeepAlives: true,
		Dial:              func(string, string) (net.Conn, error) { return net.Dial("unix", b.path("www")) },
	}}
	var got string
	for deadline := time.Now().Add(patience); got != want; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.t.Fatalf("got %q, want %q", got, want)
		}
		response, err := client.Get("http://unix/")
		if err != nil {
			continue
		}
		body, _ := io.ReadAll(response.Body)
		response.Body.Close()
		got = string(body)
	}
	return cmd
}

// awaitRecord waits until a version is recorded as one that runs.
func (b *bundler) awaitRecord(version string) {
	b.t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		text, _ := os.ReadFile(b.path("state/bundles.json"))
		if strings.Contains(string(text), `"`+version+`"`) {
			return
		}
		if time.Now().After(deadline) {
			b.t.Fatalf("%s is never recorded: %s", version, text)
		}
	}
}

// recorded returns the versions in the state folder, which holds them in one file. Beside it there is nothing but what a process
// was about to put in its place when it was killed.
func (b *bundler) recorded() []string {
	b.t.Helper()
	entries, err := os.ReadDir(b.path("state"))
	if err != nil {
		b.t.Fatal(err)
	}
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), "bundles.json") {
			b.t.Errorf("in the state folder: %v", entries)
		}
	}
	text, err := os.ReadFile(b.path("state/bundles.json"))
	if err != nil {
		b.t.Fatal(err)
	}
	var ran map[string]struct{ Version string }
	if err := json.Unmarshal(text, &ran); err != nil {
		b.t.Fatalf("%v in %s", err, text)
	}
	var versions []string
	for _, one := range ran {
		versions = append(versions, one.Version)
	}
	return versions
}

// TestBundle_killed kills the program while it pulls a newer version, and while it loads one: the older one is what ran, and runs
// again, and the newer one takes over once it comes whole.
func TestBundle_killed(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts the program many times")
	}
	b := newBundler(t)
	faulty := startFaultyRegistry(t)
	push := func(path string) { mustRun(t, "bundle", "push", b.sign(path), faulty.reference, "--plain-http") }
	first := b.bundle("1.0.0", "one", nil)
	push(first)
	hang := "hang"
	for _, tt := range []struct {
		name  string
		fault *string
		next  string
	}{
		{"pull", &hang, b.bundle("2.0.0", "two", nil)},
		{"load", nil, b.build("3.0.0", "local n = 0 for i = 1, 1e9 do n = n + i end", nil)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cmd := b.runs("file:"+first+" key="+b.path("key.pub"), "one")
			kill(cmd)
			push(first)
			cmd = b.runs(faulty.reference, "one")
			b.awaitRecord("1.0.0")
			faulty.fault.Store(tt.fault)
			push(tt.next)
			faulty.awaitPull()
			if tt.fault == nil {
				time.Sleep(200 * time.Millisecond) // a pull takes less, loading what comes of it more
			}
			kill(cmd)
			faulty.fault.Store(nil)
			if got := b.recorded(); !slices.Equal(got, []string{"1.0.0"}) {
				t.Errorf("recorded: %v", got)
			}
			kill(b.runs("file:"+first, "one"))
		})
	}
	push(b.bundle("4.0.0", "four", nil))
	cmd := b.runs(faulty.reference, "four")
	b.awaitRecord("4.0.0")
	kill(cmd)
	if got := b.recorded(); !slices.Equal(got, []string{"4.0.0"}) {
		t.Errorf("recorded: %v", got)
	}
}

// TestBundle_pullKilled kills "bundle pull": nothing is left that could be taken for a bundle.
func TestBundle_pullKilled(t *testing.T) {
	b := newBundler(t)
	faulty := startFaultyRegistry(t)
	mustRun(t, "bundle", "push", b.sign(b.bundle("1.0.0", "one", nil)), faulty.reference, "--plain-http")
	hang := "hang"
	faulty.fault.Store(&hang)
	folder := t.TempDir()
	cmd := b.start("bundle", "pull", faulty.reference, "-o", filepath.Join(folder, "pulled.tar"), "--plain-http")
	faulty.awaitPull()
	kill(cmd)
	if entries, err := os.ReadDir(folder); err != nil || len(entries) > 0 {
		t.Errorf("left: %v, %v", entries, err)
	}
	faulty.fault.Store(nil)
	mustRun(t, "bundle", "pull", faulty.reference, "-o", filepath.Join(folder, "pulled.tar"), "--plain-http")
	mustRun(t, "bundle", "verify", filepath.Join(folder, "pulled.tar"), "--key", b.path("key.pub"))
}
