package trace

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tidelock/cmd/tidelock/admin"
)

var began = time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.Local)

// executions are one that has failed after a wait, one that waits, and a quick one.
func executions() []admin.Line {
	return []admin.Line{
		{Execution: &admin.Execution{
			ID: 1, Kind: "action", Name: "auth\x1b[31m", File: "a.lua", Line: 7, Started: began, State: admin.Ended, Duration: 20 * time.Millisecond,
			Processor: 5 * time.Millisecond, Fuel: 1234, Memory: 64 << 10, Outcome: "error", Error: "a.lua:8: no", Traceback: "stack traceback:\n\ta.lua:8: in f",
			Waits: []admin.Wait{{Function: "sleep", After: time.Millisecond, Duration: 15 * time.Millisecond}}, WaitCount: 3,
		}},
		{Execution: &admin.Execution{
			ID: 2, Kind: "task", File: "t.lua", Line: 1, Started: began, State: admin.Waiting, Duration: time.Second,
			Waits: []admin.Wait{{Function: "socket.connect", After: time.Second}}, WaitCount: 1,
		}},
		{Execution: &admin.Execution{
			ID: 3, Kind: "fetch", Name: "hash", File: "a.lua", Line: 1, Started: began, State: admin.Ended, Duration: 5 * time.Microsecond,
			Processor: 5 * time.Microsecond, Outcome: "ok",
		}},
	}
}

const (
	authLine = "03:04:05.678       20ms ██░░░░░░░        action auth·[31m             a.lua:7                  error"
	taskLine = "03:04:05.678         1s ░░░░░░░░░░░░░    task                         t.lua:1                  waits: socket.connect"
	hashLine = "03:04:05.678        5µs                  fetch hash                   a.lua:1                  ok"
	help     = "q quit   space pause   ↑↓ select   enter expand   o outcome   / registration   esc all"
)

var authDetails = []string{
	"    processor time 5ms, fuel 1234, memory 64 KiB",
	"    +1ms       sleep                    15ms",
	"    and 2 more waits",
	"    a.lua:8: no",
	"    stack traceback:",
	"    a.lua:8: in f",
}

func TestView(t *testing.T) {
	for _, tc := range []struct {
		name string
		keys string // ^ and v are the arrows
		want []string
	}{
		{"follows the newest", "", []string{"3 executions", "  " + authLine, "  " + taskLine, "> " + hashLine}},
		{"selects and expands", "^^\r", append([]string{"3 executions", "> " + authLine}, append(authDetails, "  "+taskLine, "  "+hashLine)...)},
		{"goes down again", "kkjjj", []string{"3 executions", "  " + authLine, "  " + taskLine, "> " + hashLine}},
		{"failed", "o", []string{"1 executions   outcome failed", "> " + authLine}},
		{"ok", "oo", []string{"1 executions   outcome ok", "> " + hashLine}},
		{"registration", "/tasx\x7fk\r", []string{"1 executions   registration task", "> " + taskLine}},
		{"typing", "/a.lua", []string{"2 executions   registration a.lua_", "  " + authLine, "> " + hashLine}},
		{"gives up typing", "/a.lua\x1b", []string{"3 executions", "  " + authLine, "  " + taskLine, "> " + hashLine}},
		{"everything again", "o/x\r\x1b", []string{"3 executions", "  " + authLine, "  " + taskLine, "> " + hashLine}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var v View
			for _, line := range executions() {
				v.Take(line)
			}
			press(t, &v, tc.keys)
			want := tc.want
			for len(want) < 14 {
				want = append(want, "")
			}
			if diff := cmp.Diff(append(want, help), v.Render(120, 15)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func press(t *testing.T, v *View, keys string) {
	t.Helper()
	for _, key := range keys {
		switch key {
		case '^':
			key = KeyUp
		case 'v':
			key = KeyDown
		}
		if v.Key(key) {
			t.Errorf("%q ends the view", key)
		}
	}
}

func TestView_Take(t *testing.T) {
	var v View
	for _, line := range executions() {
		v.Take(line)
	}
	ended := *executions()[1].Execution
	ended.State, ended.Outcome = admin.Ended, "timeout"
	v.Take(admin.Line{Execution: &ended})
	v.Take(admin.Line{Missed: 7})
	v.Key(' ')
	v.Take(admin.Line{Execution: &admin.Execution{ID: 4}})
	screen := strings.Join(v.Render(120, 10), "\n")
	for _, want := range []string{"3 executions   7 states missed   paused", "t.lua:1                  timeout"} {
		if !strings.Contains(screen, want) {
			t.Errorf("no %q in\n%s", want, screen)
		}
	}
	v.Key(' ')
	for id := range uint64(2 * maxRows) {
		v.Take(admin.Line{Execution: &admin.Execution{ID: 10 + id}})
	}
	if len(v.rows) != maxRows {
		t.Errorf("%d rows are kept", len(v.rows))
	}
	if !v.Key('q') || !v.Key(keyInterrupt) {
		t.Error("it does not end")
	}
}

// Whatever the size of the terminal, the picture fits.
func TestView_Render_size(t *testing.T) {
	var v View
	for _, line := range executions() {
		v.Take(line)
	}
	press(t, &v, "^^\r")
	for width := range 130 {
		for height := 2; height < 20; height++ {
			lines := v.Render(width, height)
			if len(lines) > max(height, 3) {
				t.Fatalf("%d lines in a height of %d", len(lines), height)
			}
			for _, line := range lines {
				if len([]rune(line)) > width {
					t.Fatalf("%q in a width of %d", line, width)
				}
			}
		}
	}
}

func TestPrint(t *testing.T) {
	var plain, expanded bytes.Buffer
	for _, line := range append(executions(), admin.Line{Missed: 2}) {
		for _, err := range []error{Print(&plain, line, false), Print(&expanded, line, true)} {
			if err != nil {
				t.Error(err)
			}
		}
	}
	const missed = "(2 states of executions were missed)\n"
	if diff := cmp.Diff(authLine+"\n"+hashLine+"\n"+missed, plain.String()); diff != "" {
		t.Error(diff)
	}
	want := authLine + "\n" + strings.Join(authDetails, "\n") + "\n" + hashLine + "\n    processor time 5µs, fuel 0, memory 0 KiB\n" + missed
	if diff := cmp.Diff(want, expanded.String()); diff != "" {
		t.Error(diff)
	}
}

// A terminal shows pictures until a key ends it, and gives the screen back.
func TestTerminal_Show(t *testing.T) {
	executions := admin.NewExecutions(1)
	path := t.TempDir() + "/s"
	server := &admin.Server{Executions: executions}
	if err := server.Start(context.Background(), "unix", path); err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	keys, press := io.Pipe()
	pictures, out := io.Pipe()
	terminal := &Terminal{In: keys, Out: out, Size: func() (int, int) { return 40, 5 }}
	ended := make(chan error)
	go func() {
		err := terminal.Show(context.Background(), Source{Network: "unix", Address: path})
		out.Close()
		ended <- err
	}()
	go func() {
		io.WriteString(press, "\x1b[A/\x1b[Bx\rq")
		press.Close()
	}()
	screen, err := io.ReadAll(pictures)
	if err != nil || <-ended != nil {
		t.Error(err)
	}
	if text := string(screen); !strings.HasPrefix(text, enterScreen) || !strings.HasSuffix(text, leaveScreen) {
		t.Errorf("got %q", text)
	}
}

func TestSource_Each_Errors(t *testing.T) {
	path := t.TempDir() + "/s"
	server := &admin.Server{Executions: admin.NewExecutions(1)}
	server.SetToken("hush")
	if err := server.Start(context.Background(), "unix", path); err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	for _, tc := range []struct {
		name   string
		source Source
		want   string
	}{
		{"nobody there", Source{Network: "unix", Address: "/nosuch/s"}, "cannot reach the admin address: dial unix /nosuch/s"},
		{"no token", Source{Network: "unix", Address: path}, path + " refuses: the token is missing or wrong"},
		{"bad outcome", Source{Network: "unix", Address: path, Token: "hush", Filter: admin.Filter{Outcome: "x"}}, "refuses: outcome: expected one of"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := tc.source.Each(context.Background(), func(admin.Line) error { return nil })
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}
