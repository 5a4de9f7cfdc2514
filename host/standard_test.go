package host

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tidelock/guest/prelude"
)

// standardPrelude is Lua's own libraries, and what a script needs to be called by a test.
func standardPrelude() []Chunk {
	var chunks []Chunk
	for _, c := range prelude.Chunks() {
		switch strings.Trim(c.Name, "=<>") {
		case "base", "package", "os", "io", "socket":
			chunks = append(chunks, Chunk(c))
		}
	}
	return append(chunks, Chunk{"=<test>", `
		local host = ...
		local register = host.bind("register")
		function action(name, f) register("action", name, host.ref(f), host.source(f)) end
		sleep, yield, now, instance, log = host.bind("sleep"), host.bind("yield"), host.bind("now"), host.bind("instance"), host.bind("log")
		tcp = host.socket
	`})
}

// newStandardImage loads a script with the standard library, and returns the world that records what it prints. It is
// not sealed.
func newStandardImage(t *testing.T, config StandardConfig, script string) (*Image, *world, error) {
	t.Helper()
	image, w := newOpenImage(t, newTestEngine(t, EngineConfig{}), func(c *ImageConfig) {
		c.Prelude, c.Library, c.Isolation = standardPrelude(), Standard(config), IsolateScripts
	})
	return image, w, image.Load(context.Background(), Chunk{"@script.lua", script})
}

// runStandard returns what a script prints while it is loaded.
func runStandard(t *testing.T, config StandardConfig, script string) string {
	t.Helper()
	_, w, err := newStandardImage(t, config, script)
	if err != nil {
		t.Fatal(err)
	}
	return w.output()
}

// TestStandard_Native runs scripts that must print what the native interpreter prints: testdata/standard/NAME.lua and,
// captured from lua5.4 in the folder where it stands, NAME.out. Where lua5.4 is installed the capture is checked too.
func TestStandard_Native(t *testing.T) {
	scripts, err := filepath.Glob("testdata/standard/*.lua")
	if err != nil || len(scripts) == 0 {
		t.Fatal("no scripts", err)
	}
	native, _ := exec.LookPath("lua5.4")
	for _, path := range scripts {
		name := strings.TrimSuffix(filepath.Base(path), ".lua")
		if strings.HasPrefix(name, "module_") {
			continue // for the others to require
		}
		t.Run(name, func(t *testing.T) {
			script, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(strings.TrimSuffix(path, ".lua") + ".out")
			if err != nil {
				t.Fatal(err)
			}
			if native != "" {
				if got := runNative(t, native, string(script)); got != string(want) {
					t.Errorf("lua5.4 prints\n%s\nthe capture says\n%s", got, want)
				}
			}
			config := StandardConfig{
				Files:        FileConfig{Roots: []FileRoot{{"/", true}}, WorkingFolder: workingFolder(t)},
				AllowExecute: true,
			}
			if got := runStandard(t, config, string(script)) + "\n"; got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// workingFolder is a fresh folder with the modules of testdata/standard.
func workingFolder(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("testdata/standard")); err != nil {
		t.Fatal(err)
	}
	return folder
}

func runNative(t *testing.T, native, script string) string {
	t.Helper()
	var output bytes.Buffer
	folder := workingFolder(t)
	if err := os.WriteFile(filepath.Join(folder, "script.lua"), []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.Command(native, "script.lua")
	command.Dir, command.Stdout, command.Stderr = folder, &output, &output
	if err := command.Run(); err != nil {
		t.Fatalf("%v\n%s", err, &output)
	}
	return output.String()
}

func TestStandard(t *testing.T) {
	tests := []struct{ name, script, want string }{
		{"log", `log(4, "text")`, "text"},
		{"log_level", `print(pcall(log, 8, "text"))`, "false\tscript.lua:1: invalid loglevel 8"},
		{"print", `print(1, nil, setmetatable({}, {__tostring = function() return "t" end}), "a\tb")`, "1\tnil\tt\ta\tb"},
		{"print_nothing", `print() print("")`, "\n"},
		{"name", `print((tostring(setmetatable({}, {__name = "kind"})):gsub("0x%x+", "")))`, "kind: "},
		{"sleep", `sleep(0) sleep("1") sleep(0.5) print(select("#", sleep(-1)))`, "0"},
		{"sleep_nothing", `print(pcall(sleep))`, "false\tscript.lua:1: bad argument #1 (number expected, got no value)"},
		{"yield", `print(select("#", yield()))`, "0"},
		{"now", `local s, us = now() print(math.abs(s - os.time()) <= 1, us >= 0 and us < 1000000, math.type(us))`, "true\ttrue\tinteger"},
		{"instance", `print(instance())`, "0"},
		{"getenv", `print(os.getenv("GIVEN"), os.getenv("PATH"))`, "value\tnil"},
		{"getenv_nothing", `print(pcall(function() local v = os.getenv() end))`, "false\tscript.lua:1: bad argument #1 to 'getenv' (string expected, got no value)"},
		{"exit", `print((select(2, pcall(os.exit, 1)):match("a script cannot end the proxy")))`, "a script cannot end the proxy"},
		{"loadlib", `print((select(2, pcall(package.loadlib, "a.so", "f")):match("native libraries cannot be loaded")))`, "native libraries cannot be loaded"},
		{"stdout", "io.write('a', 1, 'b') print('between') io.write('\\nc\\n\\nd') io.stdout:flush() io.stderr:write('e\\n')", "a1bbetween\n\nc\n\nd\ne"},
		{"stdin", `print(io.read(), io.read("a"), io.read(0), io.lines()(), loadfile() ~= nil, dofile())`, "nil\t\tnil\tnil\ttrue"},
		{"standard_names", `print(io.stdout, io.type(io.stdout), io.stdout:close())`, "file (standard)\tfile\tnil\tOperation not permitted (the standard streams stay open)\t1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			getenv := func(name string) (string, bool) { return "value", name == "GIVEN" }
			if got := runStandard(t, StandardConfig{Getenv: getenv}, test.script); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestStandard_Waiting lets one execution wait in an instance and another run there meanwhile.
func TestStandard_Waiting(t *testing.T) {
	listener := serve(t, func(c peer) { c.blocked() })
	waits := map[string]string{
		"sleep":   `sleep(3600000)`,
		"receive": `local s = tcp() s:connect("` + listener + `") s:receive()`,
		"process": `io.popen("sleep 3600"):read("a")`,
		"execute": `os.execute("sleep 3600")`,
	}
	for name, wait := range waits {
		t.Run(name, func(t *testing.T) {
			image, _, err := newStandardImage(t, StandardConfig{AllowExecute: true}, `
				action("wait", function() `+wait+` end)
				action("work", function() return "worked" end)`)
			if err != nil {
				t.Fatal(err)
			}
			if err := image.Seal(context.Background()); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			ended := make(chan error)
			x := image.Registration("action", "wait").Begin(ctx, nil)
			go func() { ended <- x.Run() }()
			for range 20 { // some of them before, some of them after the first one waits
				if got, err := run(context.Background(), image, "work"); err != nil || got != "worked" {
					t.Error(got, err)
				}
				time.Sleep(time.Millisecond)
			}
			select {
			case err := <-ended:
				t.Error("it did not wait:", err)
			default:
				cancel()
				if err := <-ended; err == nil {
					t.Error("no error after its context ended")
				}
			}
			cancel()
			x.End()
		})
	}
}
