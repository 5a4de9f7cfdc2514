package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"tidelock/cmd/tidelock/settings"
)

// TestSettings_scripts has scripts do what a setting allows, bounds or refuses.
func TestSettings_scripts(t *testing.T) {
	folder := layout(t, map[string]string{"data": "0123456789"})
	other := layout(t, map[string]string{"secret": "found"})
	cache := filepath.Join(t.TempDir(), "cache")
	const endless = "while true do end"
	readOther := fmt.Sprintf("local f = io.open(%q) print(f and f:read('a'))", filepath.Join(other, "secret"))
	readData := "local f = assert(io.open('data'))"
	tests := []struct {
		name, script string
		environ      string
		flags        []string
		want         string // a part of what is printed
	}{
		{"lua-load-timeout", endless, "", []string{"--lua-load-timeout", "20ms"}, "execution timeout"},
		{"lua-maxmem", "local t = {} for i = 1, 1e8 do t[i] = {} end", "", []string{"--lua-maxmem", "8m"}, "out of memory"},
		{"lua-instance-memory", "local t = {} for i = 1, 1e8 do t[i] = {} end", "TIDELOCK_LUA_INSTANCE_MEMORY=8m", nil, "out of memory"},
		{"ceiling-lua-instance-memory", "local t = {} for i = 1, 1e8 do t[i] = {} end", "", []string{"--ceiling-lua-instance-memory", "8m"}, "out of memory"},
		{"lua-task-timeout", "core.register_task(function() " + endless + " end)", "", []string{"--lua-task-timeout", "20ms"}, "execution timeout"},
		{"lua-burst-timeout", "core.register_task(function() core.msleep(1) " + endless + " end)", "", []string{"--lua-burst-timeout", "20ms"}, "execution timeout"},
		{"script-folders without", readOther, "", nil, "nil"},
		{"script-folders", readOther, "", []string{"--script-folders", other}, "found"},
		{"allow-execute without", "print(io.popen('echo 6*7'))", "", nil, "scripts are not allowed to run processes"},
		{"allow-execute", "print(io.popen('expr 6 \\\\* 7'):read('a'))", "TIDELOCK_ALLOW_EXECUTE=true", nil, "42"},
		{"script-open-files", readData + " print(io.open('data'))", "", []string{"--script-open-files", "1"}, "Too many open files"},
		{"script-sockets", "core.register_task(function() local a = core.tcp() print(pcall(core.tcp)) end)", "", []string{"--script-sockets", "1"}, "false"},
		{"script-read", readData + " print(pcall(f.read, f, 'a'))", "", []string{"--script-read", "4"}, "false"},
		{"ceiling", "print('runs')", "", []string{"--lua-maxmem", "2m", "--ceiling-lua-maxmem", "1m"},
			"settings: --lua-maxmem: lua-maxmem is 2m, more than ceiling-lua-maxmem allows (1m)"},
		{"secrets-folder", "print(#core.secret('secret'), core.secret('secret'), core.secret('none'))", "", []string{"--secrets-folder", other}, "5\t***\tnil"},
		{"hidden secret", "print(os.getenv('TIDELOCK_ADMIN_TOKEN'))", "TIDELOCK_ADMIN_TOKEN=hush", nil, "nil"},
	}
	t.Chdir(folder)
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			if name, value, ok := strings.Cut(tc.environ, "="); ok {
				t.Setenv(name, value)
			}
			if err := os.WriteFile("s.lua", []byte(tc.script), 0o600); err != nil {
				t.Fatal(err)
			}
			var output bytes.Buffer
			doMain(append([]string{"tidelock", "script", "run", "s.lua", "--cache-folder", cache}, tc.flags...), &output, &output)
			if !strings.Contains(output.String(), tc.want) {
				t.Errorf("got %s, want %s", &output, tc.want)
			}
		})
	}
	if entries, err := os.ReadDir(cache); err != nil || len(entries) == 0 {
		t.Errorf("cache-folder: %v, %v", entries, err)
	}
}

// TestSettings_global has settings come before the global section, and the ceilings hold it.
func TestSettings_global(t *testing.T) {
	configuration := write(t, "haproxy.cfg", "global\n tune.lua.maxmem 64\n tune.lua.forced-yield 500\n tune.lua.session-timeout 10s\n"+valid)
	tests := []struct {
		name   string
		flags  []string
		status int
		want   []string // parts of what is printed; CFG stands for the configuration
	}{
		{"the configuration", nil, 0, []string{"lua-maxmem 64m CFG:2", "lua-forced-yield 500 CFG:3", "lua-service-timeout 4s default"}},
		{"a flag before it", []string{"--lua-forced-yield", "7", "--lua-session-timeout=1s"}, 0,
			[]string{"lua-forced-yield 7 --lua-forced-yield", "lua-session-timeout 1s --lua-session-timeout", "lua-maxmem 64m CFG:2"}},
		{"a ceiling for a default", []string{"--ceiling-lua-service-timeout", "1s"}, 0, []string{"lua-service-timeout 1s --ceiling-lua-service-timeout"}},
		{"a ceiling below it", []string{"--ceiling-lua-session-timeout", "1s"}, 1,
			[]string{"[ALERT]", "settings: CFG:4: lua-session-timeout is 10s, more than ceiling-lua-session-timeout allows (1s)"}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			var output bytes.Buffer
			if status := doMain(append([]string{"tidelock", "settings", "-f", configuration}, tc.flags...), &output, &output); status != tc.status {
				t.Errorf("status %d", status)
			}
			text := strings.Join(strings.Fields(output.String()), " ")
			for _, want := range tc.want {
				if want = strings.ReplaceAll(want, "CFG", configuration); !strings.Contains(text, want) {
					t.Errorf("got\n%s\nwant %s", &output, want)
				}
			}
		})
	}
	p := newProgram([]string{configuration}, loadedSettings(t, "--lua-forced-yield=7", "--lua-service-timeout=1s"), io.Discard, io.Discard)
	built, cfg, err := p.load(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer built.Stop(context.Background())
	if s := cfg.Scripts; s.ForcedYield != 7 || s.ServiceTimeout.Seconds() != 1 || s.MaxMemory != 64<<20 {
		t.Errorf("the configuration has %+v", s)
	}
}

// TestCheck_ceiling shows that a check holds configurations against the ceilings too.
func TestCheck_ceiling(t *testing.T) {
	configuration := write(t, "haproxy.cfg", "global\n tune.lua.maxmem 64\n"+valid)
	var stdout, stderr bytes.Buffer
	status := doMain([]string{"tidelock", "check", "-f", configuration, "--ceiling-lua-maxmem", "1m"}, &stdout, &stderr)
	if status != exitError || !strings.Contains(stderr.String(), configuration+":2: lua-maxmem is 64m, more than ceiling-lua-maxmem allows (1m)") {
		t.Errorf("status %d: %s", status, &stderr)
	}
}

// TestSettings_haproxy has HAProxy's command line take settings from the environment and the file that it names.
func TestSettings_haproxy(t *testing.T) {
	configuration := write(t, "haproxy.cfg", "global\n tune.lua.maxmem 64\n"+valid)
	for _, tc := range []struct{ name, variable, value, want string }{
		{"environment", "TIDELOCK_CEILING_LUA_MAXMEM", "1m", "more than ceiling-lua-maxmem allows (1m)"},
		{"file", "TIDELOCK_CONFIG", write(t, "s.yaml", "ceiling-lua-maxmem: 2m"), "more than ceiling-lua-maxmem allows (2m)"},
		{"unknown", "TIDELOCK_GRACES", "1s", "[ALERT]    (P) : settings: unknown environment variable TIDELOCK_GRACES; did you mean TIDELOCK_GRACE?"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Setenv(tc.variable, tc.value)
			var stdout, stderr bytes.Buffer
			status := doMain([]string{"haproxy", "-c", "-f", configuration}, &stdout, &stderr)
			if text := processNumber.ReplaceAllString(stderr.String(), "(P)"); status != exitError || !strings.Contains(text, tc.want) {
				t.Errorf("status %d: %s", status, text)
			}
		})
	}
}

// TestSettings_reload changes the file of a running process.
func TestSettings_reload(t *testing.T) {
	defer debug.SetMemoryLimit(math.MaxInt64)
	folder := layout(t, nil)
	path, token := filepath.Join(folder, "s.yaml"), filepath.Join(folder, "token")
	configure := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text+"\nadmin-address: "+filepath.Join(folder, "look")+"\nadmin-token-file: "+token+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	secret := func(text string) {
		t.Helper()
		if err := os.WriteFile(token, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	secret("first")
	configure("log-level: info\ngrace: 1h\nmemory: 4g")
	s := serve(t, folder, t.TempDir(), "frontend www\n mode http\n timeout client 1h\n bind unix@"+folder+"/www\n http-request return status 204\n", "--config", path)
	if limit := debug.SetMemoryLimit(-1); limit != 4<<30 {
		t.Errorf("memory limit %d", limit)
	}
	// It listens before it is ready.
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
		got := s.look(folder, "first", "/ready")
		if got == "200 ready\n" {
			break
		}
		if got != "503 not ready\n" || time.Now().After(deadline) {
			t.Fatalf("with the first token: %s", got)
		}
	}
	if got := s.look(folder, "first", "/metrics"); !strings.Contains(got, `haproxy_frontend_http_requests_total{proxy="www"}`) {
		t.Errorf("metrics: %s", got)
	}
	configure("grace: soon")
	reload(t)
	s.await(`level=ERROR msg="settings not reloaded" error=".*s.yaml:1: grace: expected a time`)
	secret("second")
	configure("log-level: warn\ngrace: 0s\nmemory: 2g\nlog-format: json")
	reload(t)
	s.await(`level=WARN msg="settings that take a restart" changed=log-format$`)
	if strings.Contains(s.log.text(), "settings reloaded") {
		t.Error("what is below the new level is logged")
	}
	if limit := debug.SetMemoryLimit(-1); limit != 2<<30 {
		t.Errorf("memory limit %d", limit)
	}
	if got := s.look(folder, "first", "/live"); !strings.HasPrefix(got, "401") {
		t.Errorf("with the first token: %s", got)
	}
	if got := s.look(folder, "second", "/live"); got != "200 live\n" {
		t.Errorf("with the second token: %s", got)
	}
}

// reload sends the process SIGUSR2.
func reload(t *testing.T) {
	t.Helper()
	if err := syscall.Kill(os.Getpid(), syscall.SIGUSR2); err != nil {
		t.Fatal(err)
	}
}

// look asks the admin address of the program, a socket in the folder.
func (s *served) look(folder, token, path string) string {
	s.t.Helper()
	transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return s.dial("look"), nil }}
	defer transport.CloseIdleConnections()
	request, err := http.NewRequest("GET", "http://localhost"+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer response.Body.Close()
	return answer(response)
}

// TestSettings_log writes the process's own log in JSON, from a level on.
func TestSettings_log(t *testing.T) {
	folder := layout(t, nil)
	configuration := "frontend www\n mode http\n timeout client 1h\n bind unix@" + folder + "/www\n"
	s := &served{t: t, folder: folder, status: make(chan int, 1)}
	go func() {
		s.status <- doMain([]string{"tidelock", "run", "-f", write(t, "run.cfg", configuration), "--log-format", "json", "--log-level", "info"}, io.Discard, &s.log)
	}()
	s.await(`^\{"time":".*","level":"INFO","msg":"listening","on":"www `)
	s.stop()
}

// loadedSettings are settings by flags.
func loadedSettings(t *testing.T, arguments ...string) settings.Settings {
	t.Helper()
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	settings.AddFlags(flags)
	if err := flags.Parse(arguments); err != nil {
		t.Fatal(err)
	}
	s, err := settings.Load(flags, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
