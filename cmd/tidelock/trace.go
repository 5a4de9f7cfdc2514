package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"tidelock/cmd/tidelock/admin"
	"tidelock/cmd/tidelock/trace"
)

func traceCommand() *cobra.Command {
	var filter admin.Filter
	var asJSON, plain, expand bool
	cmd := &cobra.Command{
		Use:   "trace --admin-address ADDRESS",
		Short: "Watch the executions of scripts in a running process",
		Long: "Watch the executions of scripts in a running process, by its admin address (see the setting admin-address): one line each,\n" +
			"with a bar for its duration, of which the filled part is processor time. In a terminal executions can be selected and\n" +
			"expanded; elsewhere each is a line once it has ended. Nothing is recorded while nobody watches.",
		Example: "  tidelock trace --admin-address /run/tidelock/admin --outcome failed --expand\n" +
			"  tidelock trace --admin-address 127.0.0.1:9000 --slow 5ms --json",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			s, err := commandSettings(cmd)
			if err != nil {
				return err
			}
			if s.Admin.Address == "" {
				return errors.New("trace: the setting admin-address has to say where the process can be asked")
			}
			if err := filter.Check(); err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			source := trace.Source{Token: string(s.Admin.Token), Filter: filter}
			source.Network, source.Address = s.Admin.Network()
			if !asJSON && !plain && cmd.OutOrStdout() == io.Writer(os.Stdout) {
				if terminal, restore := trace.Open(os.Stdin, os.Stdout); terminal != nil {
					defer restore()
					return terminal.Show(ctx, source)
				}
			}
			return printExecutions(ctx, source, cmd.OutOrStdout(), asJSON, expand)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&filter.Registration, "registration", "", "only of what contains this: kind and name (\"action auth\"), or file:line")
	flags.StringVar(&filter.Outcome, "outcome", "", "only with this outcome: ok, error, timeout, fuel, busy, memory, killed, reset, cancelled, closed, fault, or failed for all but ok")
	flags.DurationVar(&filter.Slow, "slow", 0, "only those that took at least as long")
	flags.BoolVar(&asJSON, "json", false, "print every state of every execution as a line of JSON")
	flags.BoolVar(&plain, "plain", false, "print lines in a terminal, too")
	flags.BoolVar(&expand, "expand", false, "print with each line what the execution used, waited for, and how it failed")
	complete(cmd, "outcome", append(admin.Outcomes(), admin.Failed))
	return cmd
}

// printExecutions writes executions line by line, until the process that they run in, or this one, is told to end.
func printExecutions(ctx context.Context, source trace.Source, w io.Writer, asJSON, expand bool) error {
	encoder := json.NewEncoder(w)
	return source.Each(ctx, func(line admin.Line) error {
		if asJSON {
			return encoder.Encode(line)
		}
		return trace.Print(w, line, expand)
	})
}
