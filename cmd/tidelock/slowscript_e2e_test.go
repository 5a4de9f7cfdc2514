package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"tidelock/cmd/tidelock/telemetry/otlptest"
)

// walk is what docs/find-the-slow-script.md shows: its commands, and a pattern that their output has there, and here. A
// pattern's group is the trace that the commands which follow look at.
var walk = []struct{ command, pattern string }{
	{"tidelock run -f stock.cfg &", `on="stock `},
	{"tidelock run -f shop.cfg --admin", `on="shop `},
	{"sh load.sh", `^p50 [0-9.]+ p98 [0-9.]+ p99 [0-9.]+\n$`},
	{"/metrics | sed", `(?s)^tide.*name="advice",le="0.01"} \d+\n.*name="advice",le="\+Inf"} 500\n.*name="cart",le="\+Inf"} 500\n.*name="price",le="\+Inf"} 500\n$`},
	{"openmetrics-text", `^tide.*name="advice",le="[0-9.]+"} \d+ # \{(?:span_id="\w+",)?trace_id="(\w{32})".*\n$`},
	{"go run ../../benchmarks/jaeger", ``},
	{"| jq -r", `(?s)^code.file.path = advice.lua\ncode.line.number = 12\n.*tidelock.fuel = 25640\d\d\n.*tidelock.waits = 0\n$`},
	{"tidelock trace", `(?s)action advice +advice\.lua:12 +ok\n    processor time .*fuel 25640\d\d`},
	{"SHOP_PORT=8090", ``},
	{"'127.0.0.1:8090", `^a page of the shop\n$`},
	{"grep -o", `^Lua function 'advice': .* execution timeout from advice.lua:\d: in upvalue 'together', advice.lua:13: in function line 12\.`},
	{"sh load.sh", `^p50 [0-9.]+ p98 [0-9.]+ p99 [0-9.]+\n$`}, // of the script that was mended
}

// TestSlowScript types what the walk shows, but for its last line, which repeats the third. What Jaeger is asked for is left
// out where JAEGER names none.
func TestSlowScript(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	for _, tool := range []string{"curl", "bash"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	text, err := os.ReadFile("../../docs/find-the-slow-script.md")
	if err != nil {
		t.Fatal(err)
	}
	shown := consolesOf(string(text))
	if len(shown) != len(walk) {
		t.Fatalf("the walk shows %d commands, the test knows %d", len(shown), len(walk))
	}
	w := newWalker(t)
	documented := "" // the trace of the exemplar
	for i, step := range walk {
		command, pattern := shown[i], regexp.MustCompile(step.pattern)
		if !strings.Contains(command.line, step.command) {
			t.Fatalf("command %d is %s", i, command.line)
		}
		found := pattern.FindStringSubmatch(command.output)
		if found == nil {
			t.Errorf("%s\nshown is %q, without %s", command.line, command.output, step.pattern)
		}
		if len(found) > 1 {
			documented = found[1]
		}
		if strings.Contains(command.line, ":16686") && os.Getenv("JAEGER") == "" || i == len(walk)-1 {
			continue
		}
		got := w.types(command.line, documented)
		if found = pattern.FindStringSubmatch(got); found == nil {
			t.Fatalf("%s\ngot %q, without %s", command.line, got, step.pattern)
		}
		if len(found) > 1 {
			w.trace = found[1]
		}
	}
}

// shownCommand is a line behind a prompt, and what stands below it.
type shownCommand struct{ line, output string }

// consolesOf returns the commands of all console blocks.
func consolesOf(text string) (commands []shownCommand) {
	for _, block := range regexp.MustCompile("(?s)```console\n(.*?)```").FindAllStringSubmatch(text, -1) {
		for line := range strings.Lines(block[1]) {
			if command, ok := strings.CutPrefix(line, "$ "); ok {
				commands = append(commands, shownCommand{line: strings.TrimSpace(command)})
			} else {
				commands[len(commands)-1].output += line
			}
		}
	}
	return commands
}

// walker types commands in a copy of the walk's folder, with other ports.
type walker struct {
	t           *testing.T
	folder      string
	environment []string
	ports       *strings.Replacer
	shop        string
	trace       string // the exemplar's; empty until there is one
}

func newWalker(t *testing.T) *walker {
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(slowScript)); err != nil {
		t.Fatal(err)
	}
	var receiver, query string
	if os.Getenv("JAEGER") != "" {
		j := startJaeger(t)
		receiver, query = j.otlp, j.query
	} else {
		r, err := otlptest.StartHTTP("127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(r.Close)
		receiver = strings.TrimPrefix(r.URL, "http://")
	}
	shop, stock, metrics, replay := freePort(t), freePort(t), freePort(t), freePort(t)
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	w := &walker{t: t, folder: folder, shop: fmt.Sprint("127.0.0.1:", shop)}
	w.ports = strings.NewReplacer(
		"127.0.0.1:8080", w.shop, "127.0.0.1:9464", fmt.Sprint("127.0.0.1:", metrics), "8090", fmt.Sprint(replay),
		"127.0.0.1:4318", receiver, "127.0.0.1:16686", query, "go run ../..", "go run -C "+root+" .", "/tmp/shop.admin", filepath.Join(layout(t, nil), "admin"),
	)
	load := filepath.Join(folder, "load.sh")
	script, err := os.ReadFile(load)
	if err == nil {
		err = os.WriteFile(load, []byte(w.ports.Replace(string(script))), 0o600)
	}
	program, failed := os.Executable()
	if err != nil || failed != nil {
		t.Fatal(err, failed)
	}
	tidelock := fmt.Sprintf("#!/bin/bash\n%s=1 exec -a tidelock %s \"$@\"\n", asProgram, program)
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "tidelock"), []byte(tidelock), 0o700); err != nil {
		t.Fatal(err)
	}
	w.environment = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "XDG_CACHE_HOME="+t.TempDir(), "no_proxy=*",
		fmt.Sprint("SHOP_PORT=", shop), fmt.Sprint("STOCK_PORT=", stock), fmt.Sprint("OTEL_EXPORTER_PROMETHEUS_PORT=", metrics),
		"OTEL_BSP_SCHEDULE_DELAY=50")
	return w
}

// types runs a command, and returns what it prints: of a process that stays, what it says until it listens.
func (w *walker) types(line, documented string) string {
	line = w.ports.Replace(line)
	if documented != "" {
		line = strings.ReplaceAll(line, documented, w.trace)
	}
	if stays, ok := strings.CutSuffix(line, " &"); ok {
		return w.stays(strings.Replace(stays, "tidelock run", "exec tidelock run", 1))
	}
	if strings.Contains(line, "tidelock trace") {
		defer w.load()()
	}
	cmd := exec.CommandContext(w.t.Context(), "sh", "-c", line)
	cmd.Dir, cmd.Env, cmd.Stderr = w.folder, w.environment, w.t.Output()
	cmd.WaitDelay = time.Second
	output, err := cmd.Output()
	if err != nil {
		w.t.Fatalf("%s: %v", line, err)
	}
	return string(output)
}

// stays starts a process that serves until the test ends.
func (w *walker) stays(line string) string {
	var output transcript
	cmd := exec.Command("bash", "-c", line)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = w.folder, w.environment, &output, &output
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	eventually(w.t, line, func() bool {
		log, _ := os.ReadFile(filepath.Join(w.folder, "replay.log"))
		return strings.Contains(output.text(), "msg=listening") || strings.Contains(line, "replay.log") && bytes.Contains(log, []byte("msg=listening"))
	})
	return output.text()
}

// load asks for large carts until end is called.
func (w *walker) load() (end func()) {
	over, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		for {
			select {
			case <-over:
				return
			default:
				if response, err := client.Get("http://" + w.shop + "/?things=800"); err == nil {
					response.Body.Close()
				}
			}
		}
	}()
	return func() {
		close(over)
		<-ended
	}
}
