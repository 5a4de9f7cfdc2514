package main

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"tidelock/sdk/bundle"
	"tidelock/sdk/bundle/signature"
)

func bundleInspectCommand() *cobra.Command {
	var flags bundleFlags
	cmd := &cobra.Command{
		Use:   "inspect REFERENCE",
		Short: "Say what a bundle contains and who claims to have signed it; verifies no signature",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, _, err := flags.load(cmd, args[0])
			if err != nil {
				return err
			}
			content, err := inspectBundle(a)
			if err != nil {
				return err
			}
			return flags.print(cmd, content, content.String())
		},
	}
	flags.addOutput(cmd)
	flags.addTransfer(cmd)
	return cmd
}

// bundleContent is what inspecting says.
type bundleContent struct {
	Digest   string          `json:"digest"`
	Size     int64           `json:"size"`
	Manifest bundle.Manifest `json:"manifest"`
	Files    []bundleFile    `json:"files"`
	Signers  []string        `json:"signers"` // fingerprints of keys, as the signatures claim
}

type bundleFile struct {
	Path   string      `json:"path"`
	Kind   bundle.Kind `json:"kind"`
	Size   int         `json:"size"`
	SHA256 string      `json:"sha256"`
}

func inspectBundle(a *bundle.Artifact) (*bundleContent, error) {
	b, err := a.Unpack()
	if err != nil {
		return nil, err
	}
	signers, err := signature.Signers(a)
	if err != nil {
		return nil, err
	}
	c := &bundleContent{Digest: a.Digest(), Size: a.Size(), Manifest: b.Manifest, Signers: append([]string{}, signers...)}
	for _, name := range b.Files.Paths() {
		content := b.Files[name]
		c.Files = append(c.Files, bundleFile{name, bundle.KindOf(name), len(content), fmt.Sprintf("%x", sha256.Sum256(content))})
	}
	return c, nil
}

func (c *bundleContent) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	m := c.Manifest
	fmt.Fprintf(w, "name\t%s\nversion\t%s\ndigest\t%s\nsize\t%s\n", m.Name, m.Version, c.Digest, byteSize(c.Size))
	if m.Description != "" {
		fmt.Fprintf(w, "description\t%s\n", m.Description)
	}
	fmt.Fprintf(w, "dialect\tLua %s\nentry\t%s\n", m.Dialect, m.Entry)
	if !m.MinVersion.IsZero() {
		fmt.Fprintf(w, "needs\tTidelock %s\n", m.MinVersion)
	}
	for _, r := range m.Registrations {
		fmt.Fprintf(w, "registers\t%s %s\n", r.Kind, r.Name)
	}
	flat := flatten(m)
	for _, field := range sortedKeys(flat) {
		if strings.HasPrefix(field, "capabilities.") || strings.HasPrefix(field, "limits.") {
			fmt.Fprintf(w, "%s\t%s\n", field, flat[field])
		}
	}
	for _, f := range c.Files {
		fmt.Fprintf(w, "%s\t%s, %s\n", f.Kind, f.Path, byteSize(int64(f.Size)))
	}
	for _, key := range c.Signers {
		fmt.Fprintf(w, "signature\tby the key %s (not verified)\n", key)
	}
	if len(c.Signers) == 0 {
		fmt.Fprintf(w, "signature\tnone\n")
	}
	w.Flush() // into memory
	return strings.TrimSuffix(b.String(), "\n")
}
