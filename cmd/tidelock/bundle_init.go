package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"tidelock/sdk/bundle"
	"tidelock/sdk/bundle/convert"
	"tidelock/sdk/bundle/template"
)

func bundleInitCommand() *cobra.Command {
	var flags bundleFlags
	var name, from string
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Begin a bundle in a folder: manifest, script, test, recipe for continuous integration",
		Long: "Begin a bundle. Nothing that exists is overwritten.\n\n" +
			"With --from, the bundle is made of the scripts that a HAProxy configuration loads and the modules that they require,\n" +
			"and the manifest lists what they register and what they need. What only a run or a person can tell is pointed out.",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			folder := "."
			if len(args) > 0 {
				folder = args[0]
			}
			begun, err := initBundle(folder, name, from)
			if err != nil {
				return err
			}
			for _, note := range begun.Notes {
				fmt.Fprintln(cmd.ErrOrStderr(), "note:", note)
			}
			return flags.print(cmd, begun, fmt.Sprintf("%s in %s\nnext: tidelock script test %[2]s && tidelock bundle build %[2]s", begun.Name, folder))
		},
	}
	flags.addOutput(cmd)
	cmd.Flags().StringVar(&name, "name", "", "the bundle's name, such as acme/auth (default: the folder's)")
	cmd.Flags().StringVar(&from, "from", "", "HAProxy configuration whose scripts become the bundle")
	return cmd
}

// begunBundle is what beginning a bundle says.
type begunBundle struct {
	Name   string   `json:"name"`
	Folder string   `json:"folder"`
	Notes  []string `json:"notes"`
}

// notInName are the characters that a bundle's name does not have.
var notInName = regexp.MustCompile(`[^a-z0-9]+`)

func initBundle(folder, name, from string) (*begunBundle, error) {
	if name == "" {
		absolute, err := filepath.Abs(folder)
		if err != nil {
			return nil, err
		}
		name = strings.Trim(notInName.ReplaceAllString(strings.ToLower(filepath.Base(absolute)), "-"), "-")
	}
	m := bundle.Manifest{Name: name, Version: bundle.Version{Minor: 1}, Dialect: bundle.Dialects[0], Entry: "main.lua"}
	begun := &begunBundle{Name: name, Folder: folder, Notes: []string{}}
	var files map[string][]byte
	var err error
	if from == "" {
		files, m.Registrations, err = template.New()
		m.Capabilities.SetHeaders = []string{"content-length", "content-type"}
	} else {
		var c *convert.Conversion
		if c, err = convert.Configuration(from); err != nil {
			return nil, err
		}
		m.Entry, m.Dialect, m.Registrations, m.Capabilities = c.Entry, c.Dialect, c.Registrations, c.Capabilities
		begun.Notes = append(begun.Notes, c.Notes...)
		if files, err = template.Workflow(); err == nil {
			for path, content := range c.Files {
				files[path] = content
			}
		}
	}
	if err != nil {
		return nil, err
	}
	return begun, template.Write(folder, m, files)
}
