// Command tidelock runs HAProxy configurations and their Lua scripts (see the README at the top of the repository).
// It only puts things together: what a configuration means and does is in package proxy and below.
package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tidelock/cmd/tidelock/settings"
	"tidelock/proxy/nearest"
)

func main() {
	status := doMain(os.Args, os.Stdout, os.Stderr)
	if s := syscall.Signal(status - exitSignal); s == syscall.SIGTERM || s == syscall.SIGINT {
		// Whoever waits for this process shall see that it ended as it was told to.
		signal.Reset(s)
		syscall.Kill(os.Getpid(), s)
		time.Sleep(time.Second) // the signal may reach another thread
	}
	os.Exit(status)
}

// Exit statuses. They are HAProxy's.
const (
	exitOK          = 0
	exitError       = 1
	exitNoListeners = 2   // a valid configuration that would not listen anywhere
	exitSignal      = 128 // and the number of the signal that ended the process
)

// exitStatus ends a command whose outcome has been told already.
type exitStatus int

func (e exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// doMain runs the program and returns its exit status. args[0] is the name it was called by: as "haproxy" it takes
// HAProxy's command line.
func doMain(args []string, stdout, stderr io.Writer) int {
	if filepath.Base(args[0]) == "haproxy" {
		return haproxyMain(args[1:], stdout, stderr)
	}
	root := rootCommand()
	root.SetArgs(args[1:])
	root.SetOut(stdout)
	root.SetErr(stderr)
	return statusOf(root.Execute(), func(err error) { fmt.Fprintf(stderr, "tidelock: %v\n", err) })
}

// statusOf returns the exit status of what ended with err, and has it told if it was not yet.
func statusOf(err error, tell func(error)) int {
	var status exitStatus
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &status):
		return int(status)
	}
	tell(err)
	return exitError
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "tidelock",
		Short: "An HTTP and TCP proxy that runs HAProxy configurations, with each Lua registration in its own sandbox",
		// Errors are printed once, by doMain, and without the usage: most are about the configuration.
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetFlagErrorFunc(flagError)
	settings.AddFlags(root.PersistentFlags())
	for name, words := range settings.Words() {
		complete(root, name, words)
	}
	root.AddCommand(
		runCommand(), checkCommand(), haproxyCommand(), scriptCommand(), settingsCommand(), traceCommand(), bundleCommand(), keyCommand(),
		versionCommand(),
	)
	explainArguments(root)
	return root
}

// flagError adds to what is wrong with a command's flags what they could have been.
func flagError(cmd *cobra.Command, err error) error {
	if unknown := (*pflag.NotExistError)(nil); errors.As(err, &unknown) {
		names := map[string]struct{}{}
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names[f.Name] = struct{}{} })
		if name := nearest.Name(unknown.GetSpecifiedName(), maps.Keys(names)); name != "" {
			return fmt.Errorf("%w; did you mean --%s?", err, name)
		}
	}
	return fmt.Errorf("%w; '%s --help' lists them", err, cmd.CommandPath())
}

// explainArguments has cmd and those below it say how they are called when their arguments are too few or too many.
func explainArguments(cmd *cobra.Command) {
	for _, c := range cmd.Commands() {
		explainArguments(c)
	}
	if valid := cmd.Args; valid != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			if err := valid(cmd, args); err != nil {
				return fmt.Errorf("%w: expected '%s'", err, cmd.UseLine())
			}
			return nil
		}
	}
}

// complete tells shells (tidelock completion) which words a flag may have.
func complete(cmd *cobra.Command, flag string, words []string) {
	if err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err) // there is no such flag
	}
}
