package main

import (
	"cmp"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"tidelock/cmd/tidelock/bundles"
	"tidelock/cmd/tidelock/settings"
	"tidelock/host"
	"tidelock/proxy"
	"tidelock/proxy/config"
	"tidelock/proxy/log"
	"tidelock/proxy/luabridge"
	"tidelock/proxy/shared"
)

// loadScripts is where the sandbox comes in.
func (p *program) loadScripts(ctx context.Context, scripts config.Scripts, around proxy.ScriptHost) (proxy.Scripts, error) {
	standard := standardConfig(&p.settings.Sandbox, fileRoots(scripts, p.settings.Sandbox.ScriptFolders))
	standard.Getenv = around.Environment.Lookup
	secrets, err := readSecrets(p.settings.Sandbox.SecretsFolder)
	if err != nil {
		return nil, err
	}
	var policy *bundles.Policy
	if len(scripts.Bundles) > 0 {
		if policy, err = bundles.NewPolicy(&p.settings, ownVersion()); err != nil {
			return nil, err
		}
	}
	bridge, err := luabridge.New(ctx, luabridge.Config{
		OpenBundle:  policy.Open,
		Scripts:     scripts,
		CacheFolder: p.settings.Process.CacheFolder,
		Burst:       p.settings.Sandbox.BurstTimeout,
		Shared:      stores[p.settings.Sandbox.SharedState](),
		Threads:     around.Threads,
		HTTPClient:  around.HTTPClient,
		Plane:       around.Plane,
		Observer:    p.observer(scripts),
		Meter:       p.telemetry.Meters(),
		Propagator:  p.telemetry.Propagator(),
		Log:         p.scriptLog(around.Logger),
		Console:     p.scriptConsole,
		Record:      p.record("lua"),
		Standard:    standard,
		Secrets:     secrets,
	})
	if err != nil || policy == nil {
		return bridge, err
	}
	p.bundles = bundles.NewRoller(policy, bridge, p.log, p.telemetry.Meters())
	return bridge, around.Plane.Commands.Add(p.bundles.Commands()...)
}

// standardConfig is what the settings let scripts reach, with the files below the roots.
func standardConfig(s *settings.Sandbox, roots []host.FileRoot) host.StandardConfig {
	return host.StandardConfig{
		Files: host.FileConfig{Roots: roots}, AllowExecute: s.AllowExecute,
		Getenv:       visible,
		MaxOpenFiles: s.ScriptOpenFiles, MaxSockets: s.ScriptSockets, MaxRead: int(s.ScriptRead),
	}
}

// visible looks up a variable of the environment for those who must not see secrets.
func visible(name string) (string, bool) {
	if settings.Hidden(name) {
		return "", false
	}
	return os.LookupEnv(name)
}

// stores are what can keep core.shared, by the value of the setting shared-state.
var stores = map[string]func() shared.Store{
	"memory": func() shared.Store { return new(shared.Memory) },
}

// scriptLog sends what scripts say to the configuration's log targets, and to the process's own log where none of them
// takes it, so that a message is seen, and seen once.
func (p *program) scriptLog(logger *log.Logger) func(context.Context, log.Level, string) {
	return func(ctx context.Context, level log.Level, text string) {
		if !p.checking && logger.Enabled(level) {
			logger.Log(level, []byte(text))
			return
		}
		p.scriptConsole(ctx, level, text)
	}
}

// scriptConsole sends what scripts say to the process's own log.
func (p *program) scriptConsole(ctx context.Context, level log.Level, text string) {
	p.local.Log(ctx, slogLevel(level), text, "source", "lua")
}

// record sends what scripts say, or what happens to servers, to telemetry, which knows traces. Nil where there is none.
func (p *program) record(source string) func(context.Context, log.Level, string) {
	handler := p.telemetry.Handler(p.level)
	if handler == nil {
		return nil
	}
	logger := slog.New(handler)
	return func(ctx context.Context, level log.Level, text string) {
		logger.Log(ctx, slogLevel(level), text, "source", source)
	}
}

func slogLevel(level log.Level) slog.Level {
	switch {
	case level <= log.Error:
		return slog.LevelError
	case level <= log.Warning:
		return slog.LevelWarn
	case level <= log.Info:
		return slog.LevelInfo
	}
	return slog.LevelDebug
}

// fileRoots are the folders whose files scripts can use: the configured ones, or those of the scripts themselves. The
// folders that modules come from can always be read.
func fileRoots(scripts config.Scripts, folders []string) []host.FileRoot {
	roots := []host.FileRoot{{Path: "."}, {Path: "/usr/share/lua"}, {Path: "/usr/local/share/lua"}}
	for _, prepended := range scripts.PrependPaths {
		folder, _, _ := strings.Cut(prepended.Pattern, "?")
		roots = append(roots, host.FileRoot{Path: cmp.Or(filepath.Dir(folder), ".")})
	}
	if len(folders) == 0 {
		for _, script := range scripts.Files {
			roots = append(roots, host.FileRoot{Path: filepath.Dir(script.Path), Writable: true})
		}
	}
	for _, folder := range folders {
		roots = append(roots, host.FileRoot{Path: folder, Writable: true})
	}
	return roots
}
