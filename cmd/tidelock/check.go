package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"tidelock/proxy/config/syntax"
)

func checkCommand() *cobra.Command {
	var files []string
	cmd := &cobra.Command{
		Use:   "check -f FILE...",
		Short: "Check a configuration and its scripts, without listening",
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := commandSettings(cmd)
			if err != nil {
				return err
			}
			return newProgram(append(files, args...), s, cmd.OutOrStdout(), cmd.ErrOrStderr()).check(cmd.Context())
		},
	}
	addFilesFlag(cmd, &files)
	return cmd
}

// check reads and assembles the configuration, and says that it is valid in HAProxy's words.
func (p *program) check(ctx context.Context) error {
	p.checking = true
	built, _, err := p.load(ctx)
	if err != nil {
		return err
	}
	built.Stop(ctx)
	if p.least < syntax.Alert {
		fmt.Fprintln(p.stdout, "Configuration file is valid")
	}
	return nil
}
