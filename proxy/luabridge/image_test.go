package luabridge

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"tidelock/proxy/config"
)

// TestImages loads files that share a state and files that each thread has for itself.
func TestImages(t *testing.T) {
	shared := writeFile(t, "shared.lua", `
local one, two = ...
core.register_fetches("shared", function() return core.thread .. one .. two end)`)
	own := writeFile(t, "local.lua", `
core.register_fetches("local", function() return core.thread >= 1 and core.thread <= 3 end)`)
	b, r := newBridge(t, "", func(c *Config) {
		c.Threads = 3
		c.Scripts.Files = []config.ScriptFile{
			{Path: own, PerThread: true}, {Path: shared, Arguments: []string{"a", "b"}},
		}
	})
	s := newExchange()
	if got := fetched(t, b, s, "shared"); got != "str:0ab" {
		t.Errorf("shared: %s; log: %s", got, r.text())
	}
	for range 10 {
		if got := fetched(t, b, s, "local"); got != "bool:1" {
			t.Errorf("local: %s; log: %s", got, r.text())
		}
	}
}

// TestPrependPath finds a module in a folder whose name needs quoting.
func TestPrependPath(t *testing.T) {
	folder := filepath.Join(t.TempDir(), `a "b" \1`)
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	b, r := newBridge(t, `core.register_fetches("path", function() return (package.path:match("^[^;]*")) end)`, func(c *Config) {
		c.Scripts.PrependPaths = []config.PrependPath{{Type: "path", Pattern: folder + "/?.lua"}}
	})
	if got, want := fetched(t, b, newExchange(), "path"), "str:"+folder+"/?.lua"; got != want {
		t.Errorf("got %s, want %s; log: %s", got, want, r.text())
	}
}

// TestConcurrent lets many exchanges use the same and different registrations at once: none sees another's data.
func TestConcurrent(t *testing.T) {
	for _, threads := range []bool{false, true} {
		t.Run(fmt.Sprint("per thread ", threads), func(t *testing.T) {
			b, r := newBridge(t, `
core.register_fetches("wait", function(txn, name)
  txn:set_priv({name = name})
  txn:set_var("txn.name", name)
  core.msleep(1)
  return txn:get_priv().name .. txn:get_var("txn.name") .. txn.sf:path() .. txn.c:upper(name)
end)`, func(c *Config) { c.Threads, c.Scripts.Files[0].PerThread = 2, threads })
			var all sync.WaitGroup
			for i := range 20 {
				name := fmt.Sprint("n", i)
				fetch, err := b.BindFetch("wait", []string{name})
				if err != nil {
					t.Fatal(err)
				}
				all.Go(func() {
					s := newExchange()
					for range 5 {
						if got, want := string(fetch(s).Data), name+name+"/hash"+fmt.Sprint("N", i); got != want {
							t.Errorf("got %q, want %q; log: %s", got, want, r.text())
						}
					}
				})
			}
			all.Wait()
		})
	}
}

// TestClose ends what waits.
func TestClose(t *testing.T) {
	b, r, err := loadBridge(t, `core.register_task(function() core.sleep(1000) end)`, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Init(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := b.Start(); err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	if r.text() != "" {
		t.Errorf("logged %s", r.text())
	}
}

// A script that registers a task for each request gets the memory of those that have ended back.
func TestTask_memory(t *testing.T) {
	b, r, err := loadBridge(t, `
local ended = 0
core.register_fetches("used", function(txn)
  ended = 0
  for i = 1, 1000 do core.register_task(function() ended = ended + 1 end) end
  while ended < 1000 do core.msleep(1) end
  collectgarbage()
  collectgarbage()
  return math.floor(collectgarbage("count"))
end)`, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Init(context.Background()); err != nil {
		t.Fatal(err)
	}
	fetch, err := b.BindFetch("used", nil)
	if err != nil {
		t.Fatal(err)
	}
	var used []int64 // KiB
	for range 3 {
		used = append(used, fetch(newExchange()).Int)
	}
	if used[0] == 0 || used[2] > used[1]+50 {
		t.Errorf("%d KiB in use; log: %s", used, r.text())
	}
}
