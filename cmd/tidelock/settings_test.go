package main

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/spf13/pflag"
)

// settingsOf reads settings from flags, environment and a file; an empty file is none.
func settingsOf(t *testing.T, file string, environ, flags []string) (Settings, error) {
	t.Helper()
	set := pflag.NewFlagSet("test", pflag.ContinueOnError)
	addSettingsFlags(set)
	if file != "" {
		flags = append(flags, "--config", write(t, "settings.yaml", file))
	}
	if err := set.Parse(flags); err != nil {
		t.Fatal(err)
	}
	return readSettings(set, environ)
}

func Test_readSettings(t *testing.T) {
	defaults := Settings{CacheFolder: defaultCacheFolder(), LogFormat: "text", LogLevel: slog.LevelInfo, Level: "info", Grace: 30 * time.Second}
	with := func(change func(*Settings)) Settings {
		s := defaults
		change(&s)
		return s
	}
	tests := []struct {
		name    string
		file    string
		environ []string
		flags   []string
		want    Settings
	}{
		{"defaults", "", []string{"HOME=/root"}, nil, defaults},
		{"file", "log-format: json\ngrace: 5s\n", nil, nil, with(func(s *Settings) { s.LogFormat, s.Grace = "json", 5*time.Second })},
		{"environment over file", "log-level: error\ngrace: 5s\n", []string{"TIDELOCK_LOG_LEVEL=debug"}, nil,
			with(func(s *Settings) { s.LogLevel, s.Level, s.Grace = slog.LevelDebug, "debug", 5*time.Second })},
		{"flag over environment", "", []string{"TIDELOCK_ISOLATION=script", "TIDELOCK_CACHE_FOLDER=/c"}, []string{"--isolation", "transaction"},
			with(func(s *Settings) { s.Isolation, s.CacheFolder = "transaction", "/c" })},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			for _, entry := range tc.environ {
				name, value, _ := strings.Cut(entry, "=")
				t.Setenv(name, value)
			}
			got, err := settingsOf(t, tc.file, tc.environ, tc.flags)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func Test_readSettings_Errors(t *testing.T) {
	tests := []struct {
		name, file     string
		environ, flags []string
		want           string
	}{
		{"unknown in the file", "isolaton: script\n", nil, nil, "unknown setting 'isolaton'"},
		{"unknown in the environment", "", []string{"TIDELOCK_ISOLATON=script"}, nil, "unknown environment variable TIDELOCK_ISOLATON"},
		{"missing file", "", nil, []string{"--config", "/nosuch.yaml"}, "no such file"},
		{"format", "", nil, []string{"--log-format", "xml"}, "log-format: expected text or json, found 'xml'"},
		{"level", "log-level: loud\n", nil, nil, "log-level: expected debug, info, warn or error, found 'loud'"},
		{"isolation", "", nil, []string{"--isolation", "none"}, "isolation: expected one of"},
		{"grace", "", nil, []string{"--grace", "-1s"}, "grace: expected no negative time"},
		{"type", "grace: soon\n", nil, nil, "invalid duration"},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			_, err := settingsOf(t, tc.file, tc.environ, tc.flags)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}
