package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
)

// TestTrace watches scripts of a running process by its admin address, as lines and as JSON.
func TestTrace(t *testing.T) {
	folder := layout(t, map[string]string{"s.lua": `
core.register_action("slow", {"http-req"}, function() core.msleep(1) end)
core.register_action("bad", {"http-req"}, function() error("no luck") end)`})
	address := filepath.Join(folder, "look")
	s := serve(t, folder, t.TempDir(), fmt.Sprintf(`
global
    lua-load %[1]s/s.lua
frontend www
    mode http
    timeout client 1h
    bind unix@%[1]s/www
    http-request lua.bad if { path /bad }
    http-request lua.slow
    http-request return status 204
`, folder), "--admin-address", address)
	for _, tc := range []struct {
		name, path string
		flags      []string
		want       []string // parts of lines, in this order
	}{
		{"lines", "/", []string{"--registration", "action slow", "--expand"}, []string{"action slow", "s.lua:2", "fuel", "sleep"}},
		{"failures", "/bad", []string{"--outcome", "failed", "--expand"}, []string{"action bad", "error", "no luck"}},
		{"JSON", "/", []string{"--json", "--slow", "1ms"}, []string{`"kind":"action","name":"slow"`}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			reader, output := io.Pipe()
			status := make(chan int, 1)
			go func() {
				status <- doMain(append([]string{"tidelock", "trace", "--admin-address", address}, tc.flags...), output, io.Discard)
			}()
			asking := make(chan struct{})
			go func() { // until the viewer, which may come late, has seen enough
				defer close(asking)
				for len(status) == 0 {
					s.get(tc.path)
				}
			}()
			lines := bufio.NewScanner(reader)
			for _, want := range tc.want {
				for found := false; !found; {
					if !lines.Scan() {
						t.Fatalf("no line has %q", want)
					}
					found = strings.Contains(lines.Text(), want)
				}
			}
			reader.Close() // as head does
			<-asking
			if code := <-status; code != exitError {
				t.Errorf("status %d", code)
			}
		})
	}
}

func TestTrace_Errors(t *testing.T) {
	for _, tc := range []struct {
		name  string
		flags []string
		want  string
	}{
		{"no address", nil, "tidelock: trace: the setting admin-address has to say where the process can be asked\n"},
		{"nobody there", []string{"--admin-address", "/nosuch/s"}, "tidelock: cannot reach the admin address: dial unix /nosuch/s: connect: no such file or directory\n"},
		{"outcome", []string{"--admin-address", "/nosuch/s", "--outcome", "good"}, "tidelock: outcome: expected one of " +
			"ok, error, timeout, fuel, busy, memory, killed, reset, cancelled, closed, fault, failed, found 'good'\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var stderr bytes.Buffer
			if status := doMain(append([]string{"tidelock", "trace"}, tc.flags...), io.Discard, &stderr); status != exitError || stderr.String() != tc.want {
				t.Errorf("status %d: %s", status, &stderr)
			}
		})
	}
}
