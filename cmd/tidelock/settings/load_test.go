package settings

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/spf13/pflag"
)

// load reads settings from the given sources. A file's name says its format; an empty text is none.
func load(t *testing.T, name, text string, environ, arguments []string) (Settings, string, error) {
	t.Helper()
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	AddFlags(flags)
	path := filepath.Join(t.TempDir(), name)
	if text != "" {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		arguments = append([]string{"--config", path}, arguments...)
	}
	if err := flags.Parse(arguments); err != nil {
		t.Fatal(err)
	}
	s, err := Load(flags, environ)
	return s, path, err
}

func TestLoad(t *testing.T) {
	tests := []struct {
		name, file, text   string
		environ, arguments []string
		change             func(*Settings)
		origins            map[string]string // FILE stands for the file
	}{
		{"defaults", "", "", []string{"HOME=/root"}, nil, func(*Settings) {}, map[string]string{"grace": "default"}},
		{"YAML", "s.yaml", "log-format: json\n# grace: 1s\ngrace: 5s\nscript-folders: [/, /tmp]\nmemory: 512m\nadmin-history: 3\n", nil, nil,
			func(s *Settings) {
				s.Process.LogFormat, s.Process.Grace, s.Process.Memory = "json", 5*time.Second, 512<<20
				s.Sandbox.ScriptFolders, s.Admin.History = []string{"/", "/tmp"}, 3
			}, map[string]string{"log-format": "FILE:1", "grace": "FILE:3", "script-folders": "FILE:4", "log-level": "default"}},
		{"TOML", "s.toml", "allow-execute = true\nlua-forced-yield = 500\n\"lua-maxmem\" = \"64m\"\n", nil, nil,
			func(s *Settings) {
				s.Sandbox.AllowExecute, s.Sandbox.ForcedYield, s.Sandbox.MaxMemory = true, 500, 64<<20
			}, map[string]string{"allow-execute": "FILE:1", "lua-maxmem": "FILE:3"}},
		{"JSON", "s.json", "{\"grace\": \"1m\", \"script-sockets\": 7,\n \"memory\": 1048576}", nil, nil,
			func(s *Settings) {
				s.Process.Grace, s.Sandbox.ScriptSockets, s.Process.Memory = time.Minute, 7, 1<<20
			}, map[string]string{"grace": "FILE:1", "script-sockets": "FILE:1", "memory": "FILE:2"}},
		{"environment over file", "s.yaml", "log-level: error\ngrace: 5s\n", []string{"TIDELOCK_LOG_LEVEL=debug"}, nil,
			func(s *Settings) { s.Process.LogLevel, s.Process.Grace = slog.LevelDebug, 5*time.Second },
			map[string]string{"log-level": "TIDELOCK_LOG_LEVEL", "grace": "FILE:2"}},
		{"empty environment over file", "s.yaml", "cache-folder: /c\n", []string{"TIDELOCK_CACHE_FOLDER="}, nil,
			func(s *Settings) { s.Process.CacheFolder = "" }, map[string]string{"cache-folder": "TIDELOCK_CACHE_FOLDER"}},
		{"flag over environment", "", "", []string{"TIDELOCK_ISOLATION=script", "TIDELOCK_SCRIPT_FOLDERS=/,/tmp"}, []string{"--isolation", "transaction"},
			func(s *Settings) {
				s.Sandbox.Isolation, s.Sandbox.ScriptFolders = "transaction", []string{"/", "/tmp"}
			}, map[string]string{"isolation": "--isolation", "script-folders": "TIDELOCK_SCRIPT_FOLDERS"}},
		{"flags of every type", "", "", nil,
			[]string{"--script-folders", "/", "--script-folders", "/tmp", "--allow-execute", "--lua-maxmem", "1g", "--script-sockets=2", "--log-level=warn"},
			func(s *Settings) {
				s.Sandbox.ScriptFolders, s.Sandbox.AllowExecute, s.Sandbox.MaxMemory = []string{"/", "/tmp"}, true, 1<<30
				s.Sandbox.ScriptSockets, s.Process.LogLevel = 2, slog.LevelWarn
			}, nil},
		{"telemetry", "s.yaml", "telemetry-endpoint: https://c:4317\ntelemetry-sample-ratio: 0.01\n", []string{"TIDELOCK_TELEMETRY_HEADERS=a=b"}, nil,
			func(s *Settings) {
				s.Telemetry.Endpoint, s.Telemetry.SampleRatio, s.Telemetry.Headers = "https://c:4317", 0.01, "a=b"
			}, nil},
		{"secret", "", "", []string{"TIDELOCK_ADMIN_TOKEN=hush", "TIDELOCK_ADMIN_ADDRESS=0.0.0.0:1"}, nil,
			func(s *Settings) { s.Admin.Token, s.Admin.Address = "hush", "0.0.0.0:1" }, map[string]string{"admin-token": "TIDELOCK_ADMIN_TOKEN"}},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			got, path, err := load(t, tc.file, tc.text, tc.environ, tc.arguments)
			if err != nil {
				t.Fatal(err)
			}
			want := Defaults()
			tc.change(&want)
			if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Settings{}), cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
			for name, want := range tc.origins {
				if origin := got.Origin(name).String(); origin != strings.Replace(want, "FILE", path, 1) {
					t.Errorf("%s is from %s, want %s", name, origin, want)
				}
			}
		})
	}
}

// A secret may be in a file of its own, which the file with settings, the environment or a flag names.
func TestLoad_secretFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte("hush\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, text         string
		environ, arguments []string
	}{
		{"file", "admin-token-file: " + path, nil, nil},
		{"environment", "", []string{"TIDELOCK_ADMIN_TOKEN_FILE=" + path}, nil},
		{"flag", "", nil, []string{"--admin-token-file", path}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s, _, err := load(t, "s.yaml", tc.text, tc.environ, tc.arguments)
			if err != nil || s.Admin.Token != "hush" || !strings.HasSuffix(s.Origin("admin-token").String(), ", "+path) {
				t.Errorf("got %q from %s, %v", string(s.Admin.Token), s.Origin("admin-token"), err)
			}
		})
	}
}

func TestLoad_Errors(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, file, text   string
		environ, arguments []string
		want               string // FILE stands for the file
	}{
		{"unknown in YAML", "s.yaml", "grace: 1s\nisolaton: script\n", nil, nil, "settings: FILE:2: unknown setting 'isolaton'; did you mean 'isolation'?"},
		{"unknown in TOML", "s.toml", "grace = \"1s\"\n[log]\nlevel = \"debug\"\n", nil, nil, "settings: FILE:2: unknown setting 'log'"},
		{"unknown in JSON", "s.json", "{\n \"lua-maxmen\": 1}", nil, nil, "settings: FILE:2: unknown setting 'lua-maxmen'; did you mean 'lua-maxmem'?"},
		{"unknown in the environment", "", "", []string{"TIDELOCK_ISOLATON=script"}, nil,
			"settings: unknown environment variable TIDELOCK_ISOLATON; did you mean TIDELOCK_ISOLATION?"},
		{"no such file", "", "", nil, []string{"--config", "/nosuch.yaml"}, "settings: open /nosuch.yaml: no such file or directory"},
		{"unknown format", "", "", nil, []string{"--config", "/etc/passwd"}, "settings: /etc/passwd: expected a name that ends in .yaml, .toml or .json"},
		{"no YAML", "s.yaml", "grace: [1\n", nil, nil, "settings: FILE: While parsing config: yaml: line 1: did not find expected ',' or ']'"},
		{"word", "", "", nil, []string{"--log-format", "xml"}, "settings: --log-format: expected one of text, json, found 'xml'"},
		{"level", "s.yaml", "log-level: loud\n", nil, nil, "settings: FILE:1: log-level: expected debug, info, warn or error, found 'loud'"},
		{"level between two", "s.yaml", "log-level: info+2\n", nil, nil, "settings: FILE:1: log-level: expected debug, info, warn or error, found 'info+2'"},
		{"negative time", "", "", nil, []string{"--grace=-1s"}, "settings: --grace: expected a time such as 30s or 1m30s, found '-1s'"},
		{"time", "s.yaml", "grace: soon\n", nil, nil, "settings: FILE:1: grace: expected a time such as 30s or 1m30s, found 'soon'"},
		{"time without unit", "s.yaml", "grace: 30\n", nil, nil, "settings: FILE:1: grace: expected a time such as 30s or 1m30s, found '30'"},
		{"size", "", "", []string{"TIDELOCK_MEMORY=much"}, nil, "settings: TIDELOCK_MEMORY: expected a size such as 64k, 512m or 2g, found 'much'"},
		{"number", "", "", []string{"TIDELOCK_SCRIPT_SOCKETS=-1"}, nil, "settings: TIDELOCK_SCRIPT_SOCKETS: expected a number from 0, found '-1'"},
		{"nothing", "", "", nil, []string{"--script-read", "0"}, "settings: --script-read: expected more than 0"},
		{"truth", "s.yaml", "allow-execute: maybe\n", nil, nil, "settings: FILE:1: allow-execute: expected true or false, found 'maybe'"},
		{"list for one value", "s.yaml", "isolation: [auto]\n", nil, nil, "settings: FILE:1: isolation: expected one value, found a list"},
		{"table for one value", "s.yaml", "isolation:\n  a: b\n", nil, nil, "settings: FILE:1: isolation: expected one value, found a table"},
		{"instance too large", "", "", nil, []string{"--lua-instance-memory", "5g"}, "settings: --lua-instance-memory: expected at most 4g, found 5g"},
		{"no folder", "", "", nil, []string{"--script-folders", "/nosuch"}, "settings: --script-folders: '/nosuch' is no folder"},
		{"shared state", "", "", nil, []string{"--shared-state", "etcd"}, "settings: --shared-state: expected one of memory, found 'etcd'"},
		{"admin address", "", "", nil, []string{"--admin-address", "here"}, "settings: --admin-address: expected host:port or the path of a socket, found 'here'"},
		{"admin address for strangers", "", "", nil, []string{"--admin-address", ":9000"},
			"settings: --admin-address: ':9000' is not on the loopback interface: that needs an admin-token"},
		{"ratio", "", "", nil, []string{"--telemetry-sample-ratio", "2"}, "settings: --telemetry-sample-ratio: expected a number from 0 to 1, found '2'"},
		{"endpoint", "", "", nil, []string{"--telemetry-endpoint", "collector:4318"},
			"settings: --telemetry-endpoint: expected a URL such as http://collector:4318, found 'collector:4318'"},
		{"headers", "", "", []string{"TIDELOCK_TELEMETRY_HEADERS=a=b,hush"}, nil, "settings: TIDELOCK_TELEMETRY_HEADERS: expected name=value, which number 2 is not"},
		{"resource", "s.yaml", "telemetry-resource: [a]\n", nil, nil, "settings: FILE:1: telemetry-resource: expected name=value, which number 1 is not"},
		{"secret twice", "s.yaml", "admin-token: hush\nadmin-token-file: /x\n", nil, nil, "settings: FILE:2: admin-token and admin-token-file exclude each other"},
		{"file of a secret", "", "", nil, []string{"--admin-token-file", "/nosuch"}, "settings: --admin-token-file: admin-token-file: open /nosuch: no such file or directory"},
		{"empty file of a secret", "", "", nil, []string{"--admin-token-file", empty},
			"settings: --admin-token-file: admin-token-file: " + empty + " is empty, or too long for a secret"},
		{"all at once", "s.yaml", "grace: soon\nlog-levle: info\n", nil, nil,
			"settings: FILE:2: unknown setting 'log-levle'; did you mean 'log-level'?\nsettings: FILE:1: grace: expected a time such as 30s or 1m30s, found 'soon'"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			_, path, err := load(t, tc.file, tc.text, tc.environ, tc.arguments)
			if want := strings.ReplaceAll(tc.want, "FILE", path); err == nil || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}
