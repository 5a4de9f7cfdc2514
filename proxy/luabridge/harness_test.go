package luabridge

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"tidelock/proxy/config"
	"tidelock/proxy/log"
	"tidelock/proxy/message"
	"tidelock/proxy/stream"
)

// testCache keeps the compiled guest for all tests of one run.
var testCache string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "tidelock-luabridge-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	testCache = dir
	code := m.Run()
	os.RemoveAll(dir)
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, "goroutines left behind:", err)
			code = 1
		}
	}
	os.Exit(code)
}

// record collects what scripts log.
type record struct {
	mu    sync.Mutex
	lines []string // guarded by mu
}

func (r *record) log(_ context.Context, level log.Level, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, fmt.Sprintf("<%d>%s", level, text))
}

func (r *record) text() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.lines, "\n")
}

// newBridge loads a script, whose chunk is named "script.lua", and runs its init functions.
func newBridge(tb testing.TB, script string, configure func(*Config)) (*Bridge, *record) {
	tb.Helper()
	b, r, err := loadBridge(tb, script, configure)
	if err != nil {
		tb.Fatal(err)
	}
	if err := b.Init(context.Background()); err != nil {
		tb.Fatal(err)
	}
	return b, r
}

func loadBridge(tb testing.TB, script string, configure func(*Config)) (*Bridge, *record, error) {
	tb.Helper()
	tb.Chdir(tb.TempDir())
	if err := os.WriteFile("script.lua", []byte(script), 0o600); err != nil {
		tb.Fatal(err)
	}
	r := &record{}
	c := Config{
		Scripts: config.Scripts{
			Files:          []config.ScriptFile{{Path: "script.lua"}},
			SessionTimeout: time.Second, ServiceTimeout: time.Second, LoadTimeout: 10 * time.Second,
		},
		CacheFolder: testCache,
		Log:         r.log,
	}
	if configure != nil {
		configure(&c)
	}
	b, err := New(context.Background(), c)
	if err == nil {
		tb.Cleanup(func() {
			if err := b.Close(); err != nil {
				tb.Error(err)
			}
		})
	}
	return b, r, err
}

// newExchange returns a stream whose request is as the reference's example has it.
func newExchange() *stream.Stream {
	frontend := &stream.Proxy{Name: "front", Mode: stream.ModeHTTP}
	s := &stream.Stream{
		Session: &stream.Session{
			Client: stream.Endpoint{
				Source:      netip.MustParseAddrPort("127.0.0.1:40000"),
				Destination: netip.MustParseAddrPort("127.0.0.1:80"),
			},
			Frontend: frontend,
		},
		Frontend: frontend,
		Request:  &message.Message{},
		Response: &message.Message{},
		Context:  context.Background(),
		Record:   stream.NewRecord(),
	}
	s.Client = s.Session.Client
	s.Request.SetRequest([]byte("GET"), []byte("/hash?a=b"))
	for _, h := range [][2]string{{"Host", "127.0.0.1:18911"}, {"X-List", "abb, bc, b"}, {"X-Pair", "a, b"}} {
		s.Request.Add(h[0], []byte(h[1]))
	}
	s.Request.EndHeaders()
	return s
}

// fetched evaluates a registered fetch as a string.
func fetched(tb testing.TB, b *Bridge, s *stream.Stream, name string, arguments ...string) string {
	tb.Helper()
	fetch, err := b.BindFetch(name, arguments)
	if err != nil {
		tb.Fatal(err)
	}
	v := fetch(s)
	return fmt.Sprintf("%v:%s", v.Kind, v.AppendText(nil))
}

// acted runs a registered action.
func acted(tb testing.TB, b *Bridge, s *stream.Stream, set stream.RuleSet, name string, arguments ...string) stream.Verdict {
	tb.Helper()
	act, err := b.BindAction(set, name, arguments)
	if err != nil {
		tb.Fatal(err)
	}
	return act(s)
}

func writeFile(tb testing.TB, name, content string) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}
