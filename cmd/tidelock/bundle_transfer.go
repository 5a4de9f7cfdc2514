package main

import (
	"errors"
	"fmt"
	"path"

	"github.com/spf13/cobra"
)

var (
	errNotRegistry = errors.New("expected oci:HOST/NAME:TAG")
	errNotFile     = errors.New("expected a path")
)

func bundlePushCommand() *cobra.Command {
	var flags bundleFlags
	cmd := &cobra.Command{
		Use:   "push PATH oci:HOST/NAME:TAG",
		Short: "Copy a bundle and its signatures to a registry",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			target, err := bundleReference(args[1])
			if err != nil {
				return err
			}
			if target.Registry == "" {
				return fmt.Errorf("'%s': %w", args[1], errNotRegistry)
			}
			a, _, err := flags.load(cmd, args[0])
			if err != nil {
				return err
			}
			if err := flags.store(cmd, a, target); err != nil {
				return err
			}
			return flags.print(cmd, map[string]any{"digest": a.Digest(), "reference": args[1], "size": a.Size()}, a.Digest())
		},
	}
	flags.addOutput(cmd)
	flags.addTransfer(cmd)
	return cmd
}

func bundlePullCommand() *cobra.Command {
	var flags bundleFlags
	var output string
	cmd := &cobra.Command{
		Use:   "pull oci:HOST/NAME:TAG",
		Short: "Copy a bundle and its signatures from a registry; verifies no signature",
		Long: "Copy a bundle and its signatures from a registry. Everything is checked against its digest in memory first: a pull\n" +
			"that fails or is interrupted leaves nothing behind, and an existing file as it was.",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			source, err := bundleReference(args[0])
			if err != nil {
				return err
			}
			if source.Registry == "" {
				return fmt.Errorf("'%s': %w", args[0], errNotRegistry)
			}
			a, _, err := flags.load(cmd, args[0])
			if err != nil {
				return err
			}
			b, err := a.Unpack() // what is no bundle is not worth keeping
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			if output == "" {
				output = fmt.Sprintf("%s-%s.tar", path.Base(b.Manifest.Name), b.Manifest.Version)
			}
			target, err := bundleReference(output)
			if err != nil {
				return err
			}
			if target.Path == "" {
				return fmt.Errorf("'%s': %w", output, errNotFile)
			}
			if err := flags.store(cmd, a, target); err != nil {
				return err
			}
			return flags.print(cmd, map[string]any{"digest": a.Digest(), "path": target.Path, "size": a.Size()},
				fmt.Sprintf("%s\n%s", target.Path, a.Digest()))
		},
	}
	flags.addOutput(cmd)
	flags.addTransfer(cmd)
	cmd.Flags().StringVarP(&output, "output", "o", "", "OCI layout to write (default NAME-VERSION.tar)")
	return cmd
}
