// Package examples_test runs the examples as their readers do, and holds the README to what they print.
package examples_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tidelock/host"
	"tidelock/proxy"
	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/log"
	"tidelock/proxy/luabridge"
	"tidelock/proxy/socket"
)

// cache keeps the compiled guest from one test to the next.
var cache string

func TestMain(m *testing.M) {
	var err error
	if cache, err = os.MkdirTemp("", "tidelock-examples-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		os.RemoveAll(cache)
		os.Exit(code)
	}))
}

const (
	quickstart = "quickstart/haproxy.cfg"
	// documented is where the README finds the site. The hash is over the host header: it has to be this one.
	documented = "127.0.0.1:8080"
	// patience is for what comes by itself. Nothing is expected to take that long.
	patience = time.Minute
)

// TestQuickstart asks what the README asks, with each isolation, and expects what the README shows.
func TestQuickstart(t *testing.T) {
	console := readConsole(t)
	for _, isolation := range host.Isolations {
		t.Run(string(isolation), func(t *testing.T) {
			said := &messages{arrived: make(chan struct{})}
			site := serveQuickstart(t, config.Isolation(isolation), said)
			// Before anything hostile: with isolation script a kill resets the instance that the task waits in.
			said.await(t, "<6>quickstart: the greeter is up")
			for _, c := range console {
				if got := get(t, site, c.path); got != c.want {
					t.Errorf("curl %s%s\n got %q\nwant %q", documented, c.path, got, c.want)
				}
			}
			if got := get(t, site, "/uptime"); !uptime.MatchString(got) {
				t.Errorf("/uptime: got %q", got)
			}
			overview := get(t, site, "/")
			for _, path := range []string{"/catastrophic", "/hungry"} {
				if got := get(t, site, path); got != overview {
					t.Errorf("%s: got %q, want %q", path, got, overview)
				}
			}
			for _, want := range ends {
				if !want.MatchString(said.text()) {
					t.Errorf("not logged: %s", want)
				}
			}
			if t.Failed() {
				t.Logf("log:\n%s", said.text())
			}
		})
	}
}

// ends are how the log says where the hostile scripts were ended.
var ends = []*regexp.Regexp{
	regexp.MustCompile(`(?m)^<3>Lua function 'endless': \[state-id 0\] runtime error: execution timeout from quickstart/hostile\.lua:5: in function line 4\.$`),
	regexp.MustCompile(`(?m)^<3>Lua function 'catastrophic': execution killed: execution timeout: quickstart/hostile\.lua:9: in function .*\b8>?\.$`),
	regexp.MustCompile(`(?m)^<3>Lua function 'hungry': out of memory error from quickstart/hostile\.lua:14: in function line 12\.$`),
}

var uptime = regexp.MustCompile(`^up for \d+ s\n$`)

// TestQuickstart_HAProxy compares what HAProxy answers, with the same file, to what the README shows. What only Tidelock
// survives is left out.
func TestQuickstart_HAProxy(t *testing.T) {
	haproxy, err := exec.LookPath("haproxy")
	if err != nil {
		t.Skip("haproxy is not installed: nothing to compare with")
	}
	site, greeter := listen(t), listen(t)
	address := site.Addr().String()
	c := exec.Command(haproxy, "-db", "-f", quickstart)
	c.Env = append(os.Environ(), "QUICKSTART_PORT="+port(site), "QUICKSTART_GREETER_PORT="+port(greeter))
	var output strings.Builder
	c.Stdout, c.Stderr = &output, &output
	site.Close()
	greeter.Close()
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		c.Process.Kill()
		c.Wait()
		if t.Failed() {
			t.Logf("HAProxy says:\n%s", output.String())
		}
	}()
	waitForListener(t, address)
	for _, want := range readConsole(t) {
		if want.path == "/endless" {
			continue
		}
		if got := get(t, address, want.path); got != want.want {
			t.Errorf("HAProxy answers %s with %q, the README shows %q", want.path, got, want.want)
		}
	}
	if got := get(t, address, "/uptime"); !uptime.MatchString(got) {
		t.Errorf("/uptime: HAProxy answers %q", got)
	}
}

func waitForListener(t *testing.T, address string) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if c, err := net.Dial("tcp", address); err == nil {
			c.Close()
			return
		}
	}
	t.Fatalf("nobody listens on %s", address)
}

// command is a request in the README, and what it prints.
type command struct{ path, want string }

// readConsole returns the commands of the README's console block.
func readConsole(t *testing.T) []command {
	t.Helper()
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, block, _ := strings.Cut(string(readme), "```console\n")
	block, _, _ = strings.Cut(block, "```\n")
	var commands []command
	for line := range strings.Lines(block) {
		if path, ok := strings.CutPrefix(line, "$ curl "+documented); ok {
			commands = append(commands, command{path: strings.TrimSpace(path)})
			continue
		}
		if strings.HasPrefix(line, "$") || len(commands) == 0 {
			t.Fatalf("README.md: cannot run %q", line)
		}
		commands[len(commands)-1].want += line
	}
	if len(commands) == 0 {
		t.Fatal("README.md has no console block")
	}
	return commands
}

// serveQuickstart runs the quickstart on free ports until the test ends, and returns the site's address.
func serveQuickstart(t *testing.T, isolation config.Isolation, said *messages) string {
	t.Helper()
	// The ports are taken before the configuration names them, and handed over: nobody can come between.
	site, greeter := listen(t), listen(t)
	t.Setenv("QUICKSTART_PORT", port(site))
	t.Setenv("QUICKSTART_GREETER_PORT", port(greeter))
	listeners := map[string]net.Listener{site.Addr().String(): site, greeter.Addr().String(): greeter}

	diags := &syntax.Diagnostics{}
	cfg := config.Parse(syntax.Load([]string{quickstart}, diags),
		syntax.Condition{Environment: syntax.NewEnvironment(os.Environ()), Version: "2.6.12"}, diags)
	cfg.Scripts.Isolation = isolation
	p := proxy.Build(t.Context(), cfg, proxy.Options{
		Listen: func(_ context.Context, o socket.Options) (net.Listener, error) {
			if l := listeners[o.Address]; l != nil {
				return l, nil
			}
			return nil, fmt.Errorf("unexpected address %s", o.Address)
		},
		LoadScripts: func(ctx context.Context, scripts config.Scripts, around proxy.ScriptHost) (proxy.Scripts, error) {
			return luabridge.New(ctx, luabridge.Config{
				Scripts: scripts, CacheFolder: cache, Threads: around.Threads, Log: said.add,
				Standard: host.StandardConfig{Getenv: around.Environment.Lookup},
			})
		},
	}, diags)
	if len(diags.Sorted()) > 0 {
		t.Errorf("diagnostics: %v", diags.Sorted())
	}
	if p == nil {
		t.FailNow()
	}
	if err := p.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return site.Addr().String()
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func port(l net.Listener) string { return strconv.Itoa(l.Addr().(*net.TCPAddr).Port) }

// get sends what curl sends for the documented address, but to another, and returns the body.
func get(t *testing.T, address, path string) string {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n", path, documented)
	response, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return string(body)
}

// messages collects what scripts log.
type messages struct {
	mu      sync.Mutex
	lines   strings.Builder // guarded by mu
	arrived chan struct{}   // guarded by mu; closed and replaced with each line
}

func (m *messages) add(_ context.Context, level log.Level, text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	fmt.Fprintf(&m.lines, "<%d>%s\n", level, text)
	close(m.arrived)
	m.arrived = make(chan struct{})
}

func (m *messages) text() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.lines.String()
}

// await waits until a line has been logged.
func (m *messages) await(t *testing.T, line string) {
	t.Helper()
	late := time.After(patience)
	for {
		m.mu.Lock()
		text, arrived := m.lines.String(), m.arrived
		m.mu.Unlock()
		if strings.Contains(text, line+"\n") {
			return
		}
		select {
		case <-arrived:
		case <-late:
			t.Fatalf("not logged: %s; but\n%s", line, text)
		}
	}
}
