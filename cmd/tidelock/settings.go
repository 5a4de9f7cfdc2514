package main

import (
	"errors"
	"fmt"
	"math"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"tidelock/cmd/tidelock/settings"
	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
)

func settingsCommand() *cobra.Command {
	var files []string
	var asJSON, schema bool
	cmd := &cobra.Command{
		Use:   "settings [-f FILE...]",
		Short: "Show every setting of the process, and where its value is from",
		Long: "Show every setting with its effective value and its origin: a flag, a variable of the environment (TIDELOCK_LOG_LEVEL),\n" +
			"a line of the file that --config names, a line of the configuration's global section, or the default. Secrets are masked.",
		Example: "  tidelock settings --config tidelock.yaml -f haproxy.cfg\n  tidelock settings --schema > tidelock.schema.json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if schema {
				text, err := settings.Schema()
				if err == nil {
					_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s\n", text)
				}
				return err
			}
			s, err := commandSettings(cmd)
			if err != nil {
				return err
			}
			p := newProgram(files, s, cmd.OutOrStdout(), cmd.ErrOrStderr())
			return p.showSettings(asJSON)
		},
	}
	cmd.Flags().StringArrayVarP(&files, "file", "f", nil, "configuration file, or folder of *.cfg files; may be repeated")
	cmd.Flags().BoolVar(&asJSON, "json", false, "for programs")
	cmd.Flags().BoolVar(&schema, "schema", false, "print the JSON Schema of files with settings instead")
	return cmd
}

// showSettings prints the settings with what the configuration has of them, if one was given.
func (p *program) showSettings(asJSON bool) error {
	if len(p.files) > 0 {
		var diags syntax.Diagnostics
		p.read(&diags)
		if diags.Has(syntax.Alert) {
			diags.Print(p.stderr, syntax.Alert)
			return exitStatus(exitError)
		}
	} else {
		scripts := config.DefaultScripts()
		if err := bounded(&p.settings, &scripts); err != nil {
			return err
		}
	}
	if asJSON {
		return p.settings.PrintJSON(p.stdout)
	}
	return p.settings.Print(p.stdout)
}

// bounded gives scripts without a configuration what the settings say.
func bounded(s *settings.Settings, scripts *config.Scripts) error {
	s.Reconcile(scripts, nil)
	return errors.Join(s.Bound(scripts)...)
}

// limitMemory has the garbage collector keep the process below the memory that it may use.
func (p *program) limitMemory() {
	limit := int64(math.MaxInt64)
	if memory := p.settings.Process.Memory; memory > 0 {
		limit = int64(min(memory, math.MaxInt64))
	}
	debug.SetMemoryLimit(limit)
}

// reloadSettings reads the settings again, takes over what can change in a running process, and names the rest. When
// anything is wrong nothing changes.
func (p *program) reloadSettings() {
	next, err := p.reread()
	if err != nil {
		p.log.Error("settings not reloaded", "error", err)
		return
	}
	live, restart := p.loaded.Changes(&next)
	p.loaded.TakeLive(&next)
	p.settings.TakeLive(&next)
	p.level.Set(p.settings.Process.LogLevel)
	p.limitMemory()
	p.admin.SetToken(string(p.settings.Admin.Token))
	p.log.Info("settings reloaded", "changed", strings.Join(live, ","))
	if len(restart) > 0 {
		p.log.Warn("settings that take a restart", "changed", strings.Join(restart, ","))
	}
}
