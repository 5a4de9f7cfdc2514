package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
)

func checkCommand() *cobra.Command {
	var files []string
	var verbose bool
	cmd := &cobra.Command{
		Use:   "check -f FILE...",
		Short: "Check a configuration and its scripts, without listening",
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := commandSettings(cmd)
			if err != nil {
				return err
			}
			p := newProgram(append(files, args...), s, cmd.OutOrStdout(), cmd.ErrOrStderr())
			p.verbose = verbose
			return p.check(cmd.Context())
		},
	}
	addFilesFlag(cmd, &files)
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "list what the scripts registered")
	return cmd
}

// check reads and assembles the configuration, and says that it is valid in HAProxy's words.
func (p *program) check(ctx context.Context) error {
	p.checking = true
	built, _, err := p.load(ctx)
	if err != nil {
		return err
	}
	defer built.Stop(ctx)
	if p.least < syntax.Alert {
		fmt.Fprintln(p.stdout, "Configuration file is valid")
	}
	if p.verbose {
		return errors.Join(printRegistrations(p.stdout, built.Registrations()), printJoins(p.stdout, built.Joins()))
	}
	return nil
}

// printRegistrations writes one line for each: its kind and name, where its function is, its isolation, and what it shares
// memory with. Those of one group share one.
func printRegistrations(w io.Writer, registrations []config.Registration) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range registrations {
		fmt.Fprintf(table, "%s\t%s\t%s:%d\t%s", r.Kind, cmp.Or(r.Name, "-"), r.File, r.Line, r.Isolation)
		if r.Group > 0 {
			fmt.Fprintf(table, "\tgroup %d", r.Group)
		}
		if r.Parallel {
			fmt.Fprint(table, ", on all processors")
		}
		fmt.Fprintln(table)
	}
	return table.Flush()
}
