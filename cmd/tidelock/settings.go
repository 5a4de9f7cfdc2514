package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"

	"tidelock/proxy/config"
)

// Settings concern the process and not the traffic. Flags come before the environment (TIDELOCK_LOG_LEVEL and so on),
// which comes before the file that --config names, which comes before the defaults.
type Settings struct {
	CacheFolder string        `mapstructure:"cache-folder"` // compiled scripts, empty to keep none
	LogFormat   string        `mapstructure:"log-format"`   // of the process's own log: text or json
	LogLevel    slog.Level    `mapstructure:"-"`            // the least severe that is written
	Isolation   string        `mapstructure:"isolation"`    // instead of the configuration's tune.lua.isolation
	Grace       time.Duration `mapstructure:"grace"`        // for exchanges in flight when the process is told to stop

	ScriptFolders []string `mapstructure:"script-folders"` // below which scripts can use files, empty for those of the scripts
	AllowExecute  bool     `mapstructure:"allow-execute"`  // os.execute and io.popen

	Level string `mapstructure:"log-level"` // LogLevel as it was written
}

const environmentPrefix = "TIDELOCK_"

var logFormats = []string{"text", "json"}

// addSettingsFlags declares a flag for each setting; a setting's name is its flag's.
func addSettingsFlags(flags *pflag.FlagSet) {
	flags.String("config", "", "file with settings (YAML, TOML or JSON)")
	flags.String("cache-folder", defaultCacheFolder(), "folder for compiled scripts, empty to keep none")
	flags.String("log-format", "text", "format of the process's own log: text or json")
	flags.String("log-level", "info", "least severe level of the process's own log: debug, info, warn or error")
	flags.String("isolation", "", "isolation of scripts, instead of the configuration's tune.lua.isolation")
	flags.StringSlice("script-folders", nil, "folders below which scripts can use files, / for what the process itself may do (default: those of the scripts)")
	flags.Bool("allow-execute", false, "let scripts run commands (os.execute, io.popen)")
	flags.Duration("grace", 30*time.Second, "time for exchanges in flight when told to stop")
}

func defaultCacheFolder() string {
	folder, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(folder, "tidelock")
}

// readSettings merges the sources of settings and checks the values. A setting that does not exist is an error wherever
// it stands.
func readSettings(flags *pflag.FlagSet, environ []string) (Settings, error) {
	v := viper.New()
	var names []string
	flags.VisitAll(func(f *pflag.Flag) {
		if isSetting(f.Name) {
			names = append(names, f.Name)
			v.BindPFlag(f.Name, f)
		}
	})
	if err := bindEnvironment(v, names, environ); err != nil {
		return Settings{}, err
	}
	if file := v.GetString("config"); file != "" {
		v.SetConfigFile(file)
		if err := v.ReadInConfig(); err != nil {
			return Settings{}, fmt.Errorf("settings: %w", err)
		}
		for _, key := range v.AllKeys() {
			if !slices.Contains(names, key) {
				return Settings{}, fmt.Errorf("settings: %s: unknown setting '%s', expected one of %s", file, key, strings.Join(names, ", "))
			}
		}
	}
	var s Settings
	if err := v.Unmarshal(&s); err != nil {
		return Settings{}, fmt.Errorf("settings: %w", err)
	}
	return s, s.validate()
}

// isSetting reports whether a flag is a setting, which those of single commands are not.
func isSetting(flag string) bool {
	return slices.Contains([]string{"config", "cache-folder", "log-format", "log-level", "isolation", "script-folders", "allow-execute", "grace"}, flag)
}

// bindEnvironment gives the settings in the environment their place between flags and file.
func bindEnvironment(v *viper.Viper, names, environ []string) error {
	for _, entry := range environ {
		variable, value, _ := strings.Cut(entry, "=")
		suffix, ours := strings.CutPrefix(variable, environmentPrefix)
		if !ours {
			continue
		}
		name := strings.ReplaceAll(strings.ToLower(suffix), "_", "-")
		if !slices.Contains(names, name) {
			return fmt.Errorf("settings: unknown environment variable %s", variable)
		}
		if err := v.BindEnv(name, variable); err != nil {
			return fmt.Errorf("settings: %s=%s: %w", variable, value, err)
		}
	}
	return nil
}

// validate checks values beyond their types.
func (s *Settings) validate() error {
	var errs []error
	if !slices.Contains(logFormats, s.LogFormat) {
		errs = append(errs, fmt.Errorf("settings: log-format: expected text or json, found '%s'", s.LogFormat))
	}
	if err := s.LogLevel.UnmarshalText([]byte(s.Level)); err != nil {
		errs = append(errs, fmt.Errorf("settings: log-level: expected debug, info, warn or error, found '%s'", s.Level))
	}
	if s.Isolation != "" && !slices.Contains(config.Isolations, s.Isolation) {
		errs = append(errs, fmt.Errorf("settings: isolation: expected one of %s, found '%s'", strings.Join(config.Isolations, ", "), s.Isolation))
	}
	if s.Grace < 0 {
		errs = append(errs, fmt.Errorf("settings: grace: expected no negative time, found %s", s.Grace))
	}
	return errors.Join(errs...)
}

// logger returns the process's own log.
func (s *Settings) logger(w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: s.LogLevel}
	if s.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}
