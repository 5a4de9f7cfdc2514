package main

import (
	"fmt"
	"io/fs"
	"os"
	"path"

	"github.com/spf13/cobra"

	"tidelock/sdk/bundle"
	"tidelock/sdk/bundle/survey"
)

func bundleBuildCommand() *cobra.Command {
	var flags bundleFlags
	var output string
	var strict bool
	cmd := &cobra.Command{
		Use:   "build [DIR]",
		Short: "Build the bundle of a folder, this one by default",
		Long: "Build a bundle of " + bundle.ManifestFile + " and the files below its folder. Hidden files and tests (*_test.lua) stay out.\n" +
			"The same files give the same digest, on any machine.\n\n" +
			"The scripts are read, not run, and compared with the manifest: what they register and need and it does not list is\n" +
			"proposed; what only a run can tell is pointed out.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			folder := "."
			if len(args) > 0 {
				folder = args[0]
			}
			built, err := buildBundle(os.DirFS(folder))
			if err != nil {
				return err
			}
			for _, warning := range built.Warnings {
				fmt.Fprintln(cmd.ErrOrStderr(), "warning:", warning)
			}
			if strict && len(built.Warnings) > 0 {
				return exitStatus(exitError)
			}
			built.Path = output
			if output == "" {
				built.Path = fmt.Sprintf("%s-%s.tar", path.Base(built.Name), built.Version)
			}
			if err := built.artifact.WriteLayout(built.Path); err != nil {
				return err
			}
			return flags.print(cmd, built, fmt.Sprintf("%s %s\n%s\n%s", built.Name, built.Version, built.Path, built.Digest))
		},
	}
	flags.addOutput(cmd)
	cmd.Flags().StringVarP(&output, "output", "o", "", "OCI layout to write: a tar file when it ends in .tar, or else a folder (default NAME-VERSION.tar)")
	cmd.Flags().BoolVar(&strict, "strict", false, "write nothing when there are warnings")
	return cmd
}

// builtBundle is what building says.
type builtBundle struct {
	Name     string         `json:"name"`
	Version  bundle.Version `json:"version"`
	Digest   string         `json:"digest"`
	Path     string         `json:"path"`
	Warnings []string       `json:"warnings"`
	artifact *bundle.Artifact
}

// buildBundle builds the bundle of a folder, and compares what its scripts need with what its manifest lists.
func buildBundle(folder fs.FS) (*builtBundle, error) {
	a, err := bundle.Build(folder)
	if err != nil {
		return nil, err
	}
	b, err := a.Unpack()
	if err != nil {
		return nil, err
	}
	return &builtBundle{
		Name: b.Manifest.Name, Version: b.Manifest.Version, Digest: a.Digest(), artifact: a,
		Warnings: append([]string{}, survey.Read(b.Files).Compare(b.Manifest)...),
	}, nil
}
