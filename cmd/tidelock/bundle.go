package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"tidelock/sdk/bundle"
	"tidelock/sdk/bundle/registry"
	"tidelock/sdk/bundle/trust"
)

// Exit statuses of the commands that answer a question (verify, diff), as those of diff and grep are.
const (
	exitNo      = 1 // it was answered: no
	exitTrouble = 2 // it was not
)

func bundleCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "bundle",
		Short: "Build, sign, verify and move bundles of scripts",
		Long: "Build, sign, verify and move bundles: scripts, native modules and data with a manifest that says what they need.\n\n" +
			"A REFERENCE is oci:HOST/NAME:TAG or oci:HOST/NAME@sha256:DIGEST for a registry, and file:PATH or just PATH for an\n" +
			"OCI layout, a tar file or a folder. Registries ask for what docker login keeps.\n\n" +
			"docs/bundles.md is the guide.",
	}
	cmd.AddCommand(bundleInitCommand(), bundleBuildCommand(), bundleInspectCommand(), bundleSignCommand(),
		bundleVerifyCommand(), bundlePushCommand(), bundlePullCommand(), bundleDiffCommand(), bundleSchemaCommand())
	return cmd
}

// bundleFlags are those that several commands about bundles have.
type bundleFlags struct {
	json      bool
	plainHTTP bool
	quiet     bool
}

// addOutput declares --json.
func (f *bundleFlags) addOutput(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.json, "json", false, "print JSON")
}

// addTransfer declares what concerns registries.
func (f *bundleFlags) addTransfer(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.plainHTTP, "plain-http", false, "reach the registry without TLS")
	cmd.Flags().BoolVarP(&f.quiet, "quiet", "q", false, "do not print progress")
}

// registry returns the options of transfers. Progress goes to stderr: a line for each blob that has arrived.
func (f *bundleFlags) registry(stderr io.Writer) registry.Options {
	o := registry.Options{PlainHTTP: f.plainHTTP}
	if !f.quiet {
		lines := make(chan struct{}, 1) // one writer at a time: blobs are copied side by side
		o.Progress = func(digest string, size int64) {
			lines <- struct{}{}
			fmt.Fprintf(stderr, "%s  %s\n", digest, byteSize(size))
			<-lines
		}
	}
	return o
}

// byteSize returns a size for people.
func byteSize(n int64) string {
	if n < 1<<10 {
		return fmt.Sprintf("%d B", n)
	}
	if n < 1<<20 {
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
}

// bundleReference reads a reference as the commands take it: a path may stand alone.
func bundleReference(text string) (trust.Reference, error) {
	if !strings.HasPrefix(text, "oci:") && !strings.HasPrefix(text, "file:") {
		text = "file:" + text
	}
	return trust.ParseReference(text)
}

// load reads the artifact of a reference, which must have the reference's digest if that has one.
func (f *bundleFlags) load(cmd *cobra.Command, text string) (*bundle.Artifact, trust.Reference, error) {
	r, err := bundleReference(text)
	if err != nil {
		return nil, r, err
	}
	a, err := r.Load(cmd.Context(), f.registry(cmd.ErrOrStderr()))
	if err != nil {
		return nil, r, err
	}
	if r.Digest != "" && r.Digest != a.Digest() {
		return nil, r, fmt.Errorf("%s: %w: found %s", text, trust.ErrDigest, a.Digest())
	}
	return a, r, nil
}

// store writes an artifact to where a reference says.
func (f *bundleFlags) store(cmd *cobra.Command, a *bundle.Artifact, r trust.Reference) error {
	if r.Path != "" {
		return a.WriteLayout(r.Path)
	}
	return registry.Push(cmd.Context(), a, r.Registry, f.registry(cmd.ErrOrStderr()))
}

// print writes v as JSON when that is wanted, or else a text.
func (f *bundleFlags) print(cmd *cobra.Command, v any, text string) error {
	if !f.json {
		_, err := fmt.Fprintln(cmd.OutOrStdout(), printable(text))
		return err
	}
	return printJSON(cmd.OutOrStdout(), v)
}

// printable replaces what could steer a terminal: texts come from bundles that nobody has reason to trust yet.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, text)
}

func printJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}

// trouble ends a command that could not answer its question.
func trouble(cmd *cobra.Command, err error) error {
	fmt.Fprintf(cmd.ErrOrStderr(), "tidelock: %v\n", err)
	return exitStatus(exitTrouble)
}

func bundleSchemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of " + bundle.ManifestFile,
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(bundle.Schema())
			return err
		},
	}
}

// keyPasswordVariable is cosign's, so that one set-up serves both.
const keyPasswordVariable = "COSIGN_PASSWORD"

// keyPassword returns the password of a private key, or nil where there is none: from a file, or the environment.
func keyPassword(file string) ([]byte, error) {
	if file != "" {
		password, err := os.ReadFile(file)
		return []byte(strings.TrimRight(string(password), "\r\n")), err
	}
	if password, set := os.LookupEnv(keyPasswordVariable); set {
		return []byte(password), nil
	}
	return nil, nil
}
