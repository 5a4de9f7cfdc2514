package main

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"tidelock/sdk/bundle"
	"tidelock/sdk/bundle/survey"
	"tidelock/sdk/scripttest"
)

func bundleBuildCommand() *cobra.Command {
	var flags bundleFlags
	var output string
	var strict, test bool
	cmd := &cobra.Command{
		Use:   "build [DIR]",
		Short: "Build the bundle of a folder, this one by default",
		Long: "Build a bundle of " + bundle.ManifestFile + " and the files below its folder. Hidden files and tests (*_test.lua) stay out.\n" +
			"The same files give the same digest, on any machine.\n\n" +
			"The scripts are read and compared with the manifest: what they register and need and it does not list is proposed, what\n" +
			"only a run can tell is pointed out. With --test their tests run, in the sandbox and with the network and the files that\n" +
			"scripts have by the settings, and what they reach there is compared as well.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			folder := "."
			if len(args) > 0 {
				folder = args[0]
			}
			var reached []reach
			if test {
				var err error
				if reached, err = testBundle(cmd, folder); err != nil {
					return err
				}
			}
			built, err := buildBundle(os.DirFS(folder), reached)
			if err != nil {
				return err
			}
			for _, warning := range built.Warnings {
				fmt.Fprintln(cmd.ErrOrStderr(), "warning:", warning)
			}
			if built.Proposed != nil {
				fmt.Fprintln(cmd.ErrOrStderr(), "proposed capabilities:")
				if err := printJSON(cmd.ErrOrStderr(), built.Proposed); err != nil {
					return err
				}
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
	cmd.Flags().BoolVar(&test, "test", false, "run the tests first (*_test.lua), and note what the scripts reach")
	cmd.Flags().BoolVar(&strict, "strict", false, "write nothing when there are warnings")
	return cmd
}

// reach is something that a script reached while tests ran.
type reach struct{ capability, value string }

// testBundle runs the tests of a bundle's folder, which must pass, and returns what its scripts reached, in order.
func testBundle(cmd *cobra.Command, folder string) ([]reach, error) {
	s, err := commandSettings(cmd)
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex
	reached := map[reach]bool{}
	c := scripttest.Config{Asked: func(capability, value string) {
		mu.Lock()
		defer mu.Unlock()
		reached[reach{capability, value}] = true
	}}
	err = testScripts(cmd.Context(), []string{folder}, c, s, cmd.ErrOrStderr())
	return slices.SortedFunc(maps.Keys(reached), func(a, b reach) int {
		return cmp.Or(strings.Compare(a.capability, b.capability), strings.Compare(a.value, b.value))
	}), err
}

// builtBundle is what building says.
type builtBundle struct {
	Name     string         `json:"name"`
	Version  bundle.Version `json:"version"`
	Digest   string         `json:"digest"`
	Path     string         `json:"path"`
	Warnings []string       `json:"warnings"`
	// Proposed are the capabilities that would cover everything that is known to be needed, nil where the manifest does.
	Proposed *bundle.Capabilities `json:"proposed,omitempty"`
	artifact *bundle.Artifact
}

// buildBundle builds the bundle of a folder, and compares what its scripts need, and what they reached, with what its
// manifest lists.
func buildBundle(folder fs.FS, reached []reach) (*builtBundle, error) {
	a, err := bundle.Build(folder)
	if err != nil {
		return nil, err
	}
	b, err := a.Unpack()
	if err != nil {
		return nil, err
	}
	found := survey.Read(b.Files)
	for _, r := range reached {
		found.Ran(r.capability, r.value)
	}
	built := &builtBundle{
		Name: b.Manifest.Name, Version: b.Manifest.Version, Digest: a.Digest(), artifact: a,
		Warnings: append([]string{}, found.Compare(b.Manifest)...),
	}
	if proposed := found.Propose(b.Manifest.Capabilities); !reflect.DeepEqual(proposed, b.Manifest.Capabilities) {
		built.Proposed = &proposed
	}
	return built, nil
}
