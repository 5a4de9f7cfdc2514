package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"tidelock/cmd/tidelock/settings"
	"tidelock/host"
	"tidelock/proxy/config"
	"tidelock/proxy/httpclient"
	"tidelock/proxy/log"
	"tidelock/proxy/luabridge"
	"tidelock/sdk/scripttest"
)

func scriptCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "script", Short: "Run and test Lua scripts without a configuration"}
	cmd.AddCommand(scriptTestCommand(), scriptRunCommand(), scriptConsoleCommand())
	return cmd
}

func scriptTestCommand() *cobra.Command {
	var filter, lcov string
	var covered bool
	cmd := &cobra.Command{
		Use:   "test [DIR|FILE...]",
		Short: "Run the tests of scripts: all *_test.lua below the given folders, or below this one",
		Long: "Run script tests. A test file names the script that it tests, then says what is expected of it:\n\n" +
			"  script \"auth.lua\"\n" +
			"  describe(\"auth\", function()\n" +
			"    it(\"lets nobody in without a token\", function()\n" +
			"      local x = exchange{path = \"/private\"}\n" +
			"      expect(x:action(\"auth\")):to_be(\"done\")\n" +
			"      expect(x:response().status):to_be(401)\n" +
			"    end)\n" +
			"  end)\n\n" +
			"docs/script-tests.md describes everything that tests can use.",
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := commandSettings(cmd)
			if err != nil {
				return err
			}
			if len(args) == 0 {
				args = []string{"."}
			}
			var coverage *scripttest.Coverage
			if covered || lcov != "" {
				coverage = &scripttest.Coverage{}
			}
			w := cmd.OutOrStdout()
			err = testScripts(cmd.Context(), args, scripttest.Config{Filter: filter, Coverage: coverage}, s, w)
			if covered {
				coverage.Report(w)
			}
			if lcov != "" {
				err = errors.Join(err, writeLCOV(coverage, lcov))
			}
			return err
		},
	}
	cmd.Flags().StringVar(&filter, "run", "", "only tests whose title contains this")
	cmd.Flags().BoolVar(&covered, "coverage", false, "print how much of each script ran, and the lines that did not")
	cmd.Flags().StringVar(&lcov, "lcov", "", "write which lines ran to this file, in lcov's format")
	return cmd
}

func writeLCOV(coverage *scripttest.Coverage, path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(coverage.WriteLCOV(f), f.Close())
}

// testScripts runs test files and prints what became of each test. Of c it takes what is the same for all files.
func testScripts(ctx context.Context, paths []string, c scripttest.Config, s settings.Settings, w io.Writer) error {
	scripts := config.DefaultScripts()
	if err := bounded(&s, &scripts); err != nil {
		return err
	}
	files, err := scripttest.Find(paths)
	if err != nil {
		return err
	}
	if len(files) == 0 {
		return fmt.Errorf("no file ends in _test.lua below %s", strings.Join(paths, ", "))
	}
	passed, failed := 0, 0
	for _, path := range files {
		c.CacheFolder, c.Scripts, c.Standard = s.Process.CacheFolder, scripts, standardConfig(&s.Sandbox, sharedRoots)
		err := scripttest.Run(ctx, path, c, func(r scripttest.Result) {
			if r.Err == nil {
				passed++
			} else {
				failed++
			}
			printResult(w, r)
		})
		if err != nil {
			failed++
			fmt.Fprintf(w, "FAIL %s\n     %s\n", path, strings.ReplaceAll(err.Error(), "\n", "\n     "))
		}
	}
	fmt.Fprintf(w, "%d passed, %d failed\n", passed, failed)
	if failed > 0 {
		return exitStatus(exitError)
	}
	return nil
}

// sharedRoots are the folders that modules are read from wherever a script stands.
var sharedRoots = []host.FileRoot{{Path: "/usr/share/lua"}, {Path: "/usr/local/share/lua"}}

func printResult(w io.Writer, r scripttest.Result) {
	took := r.Took.Round(100 * time.Microsecond)
	if r.Err == nil {
		fmt.Fprintf(w, "ok   %s (%s)\n", r.Title, took)
		return
	}
	fmt.Fprintf(w, "FAIL %s (%s:%d)\n", r.Title, r.File, r.Line)
	var failed *host.ExecutionError
	message := r.Err.Error()
	if errors.As(r.Err, &failed) && failed.Message != "" {
		message = failed.Message
		if failed.Kind != host.ErrScript {
			message = failed.Kind.Error() + ": " + message
		}
	}
	fmt.Fprintf(w, "     %s\n", message)
	for _, line := range r.Logs {
		fmt.Fprintf(w, "     log: %s\n", line)
	}
}

func scriptRunCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "run FILE [ARGUMENT...]",
		Short: "Run a script: its main chunk, its init functions, and its tasks until they end",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := commandSettings(cmd)
			if err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return runScript(ctx, args[0], args[1:], s, cmd.OutOrStdout())
		},
	}
}

func runScript(ctx context.Context, path string, arguments []string, s settings.Settings, w io.Writer) (err error) {
	c, err := scriptConfig([]config.ScriptFile{{Path: path, Arguments: arguments}}, s, w)
	if err != nil {
		return err
	}
	defer c.HTTPClient.Close()
	b, err := luabridge.New(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	if err := b.Init(ctx); err != nil {
		return err
	}
	if err := b.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() { b.Wait(); close(ended) }()
	select {
	case <-ended:
	case <-ctx.Done():
	}
	return nil
}

// scriptConfig is that of scripts without a configuration around them: what they log goes to w.
func scriptConfig(files []config.ScriptFile, s settings.Settings, w io.Writer) (luabridge.Config, error) {
	scripts := config.DefaultScripts()
	if err := bounded(&s, &scripts); err != nil {
		return luabridge.Config{}, err
	}
	scripts.Files = files
	roots := append([]host.FileRoot{{Path: ".", Writable: true}}, sharedRoots...)
	for _, f := range files {
		roots = append(roots, host.FileRoot{Path: filepath.Dir(f.Path), Writable: true})
	}
	for _, folder := range s.Sandbox.ScriptFolders {
		roots = append(roots, host.FileRoot{Path: folder, Writable: true})
	}
	secrets, err := readSecrets(s.Sandbox.SecretsFolder)
	if err != nil {
		return luabridge.Config{}, err
	}
	return luabridge.Config{
		Scripts: scripts, Secrets: secrets, CacheFolder: s.Process.CacheFolder, HTTPClient: httpclient.New(httpclient.Config{}),
		Standard: standardConfig(&s.Sandbox, roots), Burst: s.Sandbox.BurstTimeout,
		Log: func(_ context.Context, _ log.Level, text string) { fmt.Fprintln(w, text) },
	}, nil
}

func scriptConsoleCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "repl [FILE...]",
		Short: "Evaluate Lua line by line, with HAProxy's classes and the scripts that are given",
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := commandSettings(cmd)
			if err != nil {
				return err
			}
			var files []config.ScriptFile
			for _, path := range args {
				files = append(files, config.ScriptFile{Path: path})
			}
			c, err := scriptConfig(files, s, cmd.OutOrStdout())
			if err != nil {
				return err
			}
			return console(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), c)
		},
	}
}

// console reads chunks of one or more lines and evaluates each, until the input ends.
func console(ctx context.Context, r io.Reader, w io.Writer, c luabridge.Config) (err error) {
	defer c.HTTPClient.Close()
	evaluator, err := luabridge.NewConsole(ctx, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, evaluator.Close()) }()
	lines := bufio.NewScanner(r)
	prompt := "> "
	for chunk := ""; ; {
		fmt.Fprint(w, prompt)
		if !lines.Scan() {
			fmt.Fprintln(w)
			return lines.Err()
		}
		chunk += lines.Text() + "\n"
		complete, err := evaluator.Evaluate(ctx, strings.TrimSuffix(chunk, "\n"))
		if prompt = "> "; !complete {
			prompt = ">> "
			continue
		}
		if err != nil {
			fmt.Fprintln(w, err)
		}
		chunk = ""
	}
}
