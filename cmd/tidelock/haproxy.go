package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tidelock/cmd/tidelock/settings"
	"tidelock/proxy/config/syntax"
)

func haproxyCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "haproxy [HAProxy's options]",
		Short: "Take HAProxy's own command line",
		// Its options have one dash and many letters, which the flag parser cannot read.
		DisableFlagParsing: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if status := haproxyMain(args, cmd.OutOrStdout(), cmd.ErrOrStderr()); status != exitOK {
				return exitStatus(status)
			}
			return nil
		},
	}
}

// haproxyMain runs the program as HAProxy would run with the arguments, and returns its exit status.
func haproxyMain(args []string, stdout, stderr io.Writer) int {
	o, err := parseHAProxy(args)
	switch {
	case errors.Is(err, errUsage):
		printVersion(stdout)
		fmt.Fprint(stderr, haproxyUsage)
		return exitError
	case err != nil:
		syntax.Printf(stderr, syntax.Alert, "%s", err)
		return exitError
	case o.version > 0:
		printVersion(stdout)
		if o.version > 1 {
			printFeatures(stdout)
		}
		return exitOK
	case o.condition != nil:
		return evaluateCondition(*o.condition, stderr)
	case len(o.files) == 0:
		printVersion(stdout)
		fmt.Fprint(stderr, haproxyUsage)
		return exitError
	}
	if o.directory != "" {
		if err := os.Chdir(o.directory); err != nil {
			syntax.Printf(stderr, syntax.Alert, "Could not change to directory %s : %s", o.directory, syntax.SystemReason(err))
			return exitError
		}
	}
	p, err := o.program(stdout, stderr)
	if err != nil {
		syntax.Printf(stderr, syntax.Alert, "%s", err)
		return exitError
	}
	run := o.serve
	if o.check {
		run = o.checkOnly
	}
	return statusOf(run(p, args), func(err error) { syntax.Printf(stderr, syntax.Alert, "%s", err) })
}

// program makes what the options ask for.
func (o *haproxyOptions) program(stdout, stderr io.Writer) (*program, error) {
	flags := pflag.NewFlagSet("haproxy", pflag.ContinueOnError) // none of which HAProxy's command line has
	settings.AddFlags(flags)
	s, err := settings.Load(flags, os.Environ())
	if err != nil {
		return nil, err
	}
	p := newProgram(o.files, s, stdout, stderr)
	p.asHAProxy, p.overrides, p.least, p.zeroWarning = true, o.overrides, o.least, o.zeroWarning
	if o.memory > 0 {
		p.settings.Process.Memory = settings.Size(o.memory) << 20
	}
	if o.least == syntax.Alert {
		p.quieten()
	}
	return p, nil
}

func (o *haproxyOptions) checkOnly(p *program, _ []string) error {
	if err := p.check(context.Background()); err != nil {
		return err
	}
	if path, err := os.Executable(); err == nil && o.dumpsLibraries {
		fmt.Fprintln(p.stdout, path) // there are no libraries beside it
	}
	return nil
}

// serve runs as what the options and the configuration say: a daemon, a master, a worker, or one process for all. Each
// step of the first three runs the program again, with a variable that says which step it is.
func (o *haproxyOptions) serve(p *program, args []string) error {
	if control := takeDescriptor(workerVariable); control != nil {
		return o.work(p, control)
	}
	report := takeDescriptor(daemonVariable)
	daemon, master := p.processes()
	daemon, master = (daemon || o.daemon) && !o.foreground, master || o.master
	if daemon && report == nil {
		return o.detach(args)
	}
	if report != nil {
		p.ready = append(p.ready, func() error { return reportDaemon(report) })
	}
	if master {
		return o.supervise(p, args)
	}
	return o.replace(p)
}

// evaluateCondition is -cc: its status is 0 when the condition holds, 1 when not, 2 when it cannot be read.
func evaluateCondition(text string, stderr io.Writer) int {
	truth, err := condition(nil, "").Evaluate(text)
	switch {
	case err != nil:
		syntax.Printf(stderr, syntax.Alert, "config : %s", err)
		return 2
	case truth:
		return 0
	}
	return 1
}
