// Package scripttest runs the tests of Lua scripts: files that use describe, it and expect, with exchanges, upstreams and a
// clock of their own making. The scripts under test run as they do in the proxy, each registration in its sandbox.
package scripttest

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/config"
	"tidelock/proxy/httpclient"
	"tidelock/proxy/log"
	"tidelock/proxy/luabridge"
)

//go:embed test.lua
var library string

// Config says how tests are run.
type Config struct {
	CacheFolder string
	// Scripts are the settings of the scripts under test; Files are those that the tests name.
	Scripts config.Scripts
	// Standard is what they can reach. Files is set for each test file to its own folder.
	Standard host.StandardConfig
	// Filter selects tests by a part of their titles; empty selects all.
	Filter string
	// Asked is told what the scripts under test reach, as luabridge.Config.Asked is, but for what belongs to the tests: their
	// upstreams, and files below their folder. It may be called concurrently. nil: nobody wants to know.
	Asked func(capability, value string)
	// Coverage notes which lines of the scripts under test run; nil for none.
	Coverage *Coverage
}

// Result is how one test ended.
type Result struct {
	File  string
	Line  int
	Title string
	Took  time.Duration
	Err   error    // nil: it passed
	Logs  []string // what the scripts logged and the test did not ask for
}

// Find returns the test files at the given paths, sorted: files as they are, of folders all *_test.lua below them.
func Find(paths []string) ([]string, error) {
	var files []string
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, path)
			continue
		}
		err = filepath.WalkDir(path, func(name string, entry fs.DirEntry, err error) error {
			if err == nil && !entry.IsDir() && strings.HasSuffix(name, "_test.lua") {
				files = append(files, name)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	slices.Sort(files)
	return slices.Compact(files), nil
}

// Run runs the tests of one file and reports each as it ends. The error is of the file itself: it cannot be loaded, or a
// script that it names.
func Run(ctx context.Context, path string, c Config, report func(Result)) (err error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	f := &file{ctx: ctx, config: c, folder: filepath.Dir(absolute), clock: new(clock), requests: httpclient.New(httpclient.Config{})}
	defer f.requests.Close()
	f.config.Standard.Files.WorkingFolder = f.folder
	f.config.Standard.Files.Roots = append([]host.FileRoot{{Path: f.folder, Writable: true}}, c.Standard.Files.Roots...)
	own := f.config
	own.Scripts.Files = []config.ScriptFile{{Path: path}}
	own.Scripts.Isolation = config.Isolation(host.IsolateScripts) // tests share what their file sets up
	tests, err := f.bridge(own, host.Chunk{Name: "=<test>", Source: library}, f.library())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tests.Close()) }()
	if len(f.under) > 0 {
		under := f.config
		under.Scripts.Files = f.under
		under.Standard.Clock = f.clock
		if f.scripts, err = f.bridge(under, host.Chunk{}, nil); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, f.scripts.Close()) }()
		if err := f.scripts.Start(); err != nil {
			return err
		}
	}
	if err := tests.Init(ctx); err != nil {
		return err
	}
	for _, r := range tests.Functions("test") {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if strings.Contains(r.Name, c.Filter) {
			report(f.test(path, r))
		}
	}
	return nil
}

// file is a test file that runs.
type file struct {
	ctx      context.Context
	config   Config
	folder   string
	clock    *clock
	requests *httpclient.Client  // what the scripts' own go through
	under    []config.ScriptFile // the scripts that it names
	scripts  *luabridge.Bridge   // with those loaded; nil when there are none

	mu        sync.Mutex
	lines     []string        // logged; guarded by mu
	upstreams map[string]bool // addresses of those that there were; guarded by mu
}

// bridge loads scripts; those under test are initialised at once.
func (f *file) bridge(c Config, extra host.Chunk, functions host.Library) (*luabridge.Bridge, error) {
	settings := luabridge.Config{
		Scripts: c.Scripts, Standard: c.Standard, CacheFolder: c.CacheFolder, HTTPClient: f.requests,
		Log: func(_ context.Context, _ log.Level, text string) { f.log(text) },
	}
	if functions != nil {
		settings.Extension = luabridge.Extension{
			Prelude: []host.Chunk{extra}, Library: functions, Limits: map[string]host.Limits{"test": {Time: c.Scripts.SessionTimeout}},
		}
	} else if settings.Asked = f.asked(c.Asked); c.Coverage != nil {
		settings.Extension = luabridge.Extension{Prelude: []host.Chunk{traceChunk}, Library: c.Coverage.library(f.folder)}
	}
	b, err := luabridge.New(f.ctx, settings)
	if err != nil {
		return nil, err
	}
	if functions == nil {
		if err := b.Init(f.ctx); err != nil {
			return nil, errors.Join(err, b.Close())
		}
	}
	return b, nil
}

// asked returns what passes on what scripts reach outside of their test, nil for nil.
func (f *file) asked(tell func(capability, value string)) func(capability, value string) {
	if tell == nil {
		return nil
	}
	return func(capability, value string) {
		switch capability {
		case "network":
			f.mu.Lock()
			defer f.mu.Unlock()
			if f.upstreams[value] {
				return
			}
		case "files":
			if !filepath.IsAbs(value) {
				value = filepath.Join(f.folder, value)
			}
			if relative, err := filepath.Rel(f.folder, value); err == nil && filepath.IsLocal(relative) {
				return
			}
		}
		tell(capability, value)
	}
}

func (f *file) log(text string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.lines = append(f.lines, text)
}

func (f *file) takeLines() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	lines := f.lines
	f.lines = nil
	return lines
}

// test runs one test.
func (f *file) test(path string, r *host.Registration) Result {
	f.takeLines()
	defer f.clock.thaw()
	begin := time.Now()
	x := r.Begin(f.ctx, nil)
	err := x.Run()
	x.End()
	return Result{File: path, Line: r.Line, Title: r.Name, Took: time.Since(begin), Err: err, Logs: f.takeLines()}
}

// library are the functions that test.lua stands on.
func (f *file) library() host.Functions {
	return host.Functions{
		"test.script":       f.script,
		"test.exchange":     f.newExchange,
		"test.action":       f.action,
		"test.fetch":        f.fetch,
		"test.converter":    f.converter,
		"test.service":      f.service,
		"test.request":      exchangeRequest,
		"test.response":     exchangeResponse,
		"test.set_response": setResponse,
		"test.get_var":      getVariable,
		"test.set_var":      setVariable,
		"test.logs":         f.logs,
		"test.upstream":     f.newUpstream,
		"test.requests":     upstreamRequests,
		"test.close":        closeUpstream,
		"test.freeze":       func(*host.Call) error { f.clock.freeze(); return nil },
		"test.advance":      f.advance,
		"test.sleep":        sleep,
		"test.now":          now,
	}
}

// script is test.script(file, ...): found from the test file's folder.
func (f *file) script(c *host.Call) error {
	name, err := c.String()
	if err != nil {
		return err
	}
	if f.scripts != nil {
		return errors.New("script stands at the top of a test file, outside of describe and it")
	}
	path := string(name)
	if !filepath.IsAbs(path) {
		path = filepath.Join(f.folder, path)
	}
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("script '%s': %w", name, err)
	}
	f.under = append(f.under, config.ScriptFile{Path: path, Arguments: texts(c)})
	return nil
}

// logs is test.logs() -> the lines since the last call.
func (f *file) logs(c *host.Call) error {
	list := c.Results.BeginTable()
	for i, line := range f.takeLines() {
		c.Results.Int(int64(i + 1))
		c.Results.String(line)
	}
	c.Results.EndTable(list)
	return nil
}

// advance is test.advance(seconds).
func (f *file) advance(c *host.Call) error {
	seconds, err := c.Float()
	if err == nil {
		f.clock.advance(time.Duration(seconds * float64(time.Second)))
	}
	return err
}

// sleep is test.sleep(milliseconds), in real time.
func sleep(c *host.Call) error {
	milliseconds, err := c.Float()
	if err != nil {
		return err
	}
	return c.Park(func(ctx context.Context, _ *abi.Writer) error {
		select {
		case <-time.After(time.Duration(milliseconds * float64(time.Millisecond))):
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
}

// now is test.now() -> seconds, in real time.
func now(c *host.Call) error {
	c.Results.Float(float64(time.Now().UnixNano()) / 1e9)
	return nil
}
