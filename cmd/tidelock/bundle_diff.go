package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"tidelock/sdk/bundle"
)

func bundleDiffCommand() *cobra.Command {
	var flags bundleFlags
	cmd := &cobra.Command{
		Use:   "diff REFERENCE REFERENCE",
		Short: "Compare two bundles: manifests, files, and scripts line by line",
		Long:  "Compare two bundles. The exit status is 0 when they are the same, 1 when they differ, 2 when one cannot be read.",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			var unpacked [2]*bundle.Bundle
			for i, reference := range args {
				a, _, err := flags.load(cmd, reference)
				if err == nil {
					unpacked[i], err = a.Unpack()
				}
				if err != nil {
					return trouble(cmd, err)
				}
			}
			d := diffBundles(unpacked[0], unpacked[1])
			text := d.String()
			if flags.json || text != "" {
				if err := flags.print(cmd, d, strings.TrimSuffix(text, "\n")); err != nil {
					return trouble(cmd, err)
				}
			}
			if len(d.Manifest)+len(d.Files) > 0 {
				return exitStatus(exitNo)
			}
			return nil
		},
	}
	flags.addOutput(cmd)
	flags.addTransfer(cmd)
	return cmd
}

// bundleDifference is what tells two bundles apart.
type bundleDifference struct {
	Manifest []fieldDifference `json:"manifest"`
	Files    []fileDifference  `json:"files"`
}

// fieldDifference has an empty From or To where a manifest does not have the field.
type fieldDifference struct {
	Field string `json:"field"`
	From  string `json:"from,omitempty"`
	To    string `json:"to,omitempty"`
}

type fileDifference struct {
	Path   string `json:"path"`
	Change string `json:"change"` // added, removed, changed
	Lines  string `json:"lines,omitempty"`
}

func diffBundles(from, to *bundle.Bundle) bundleDifference {
	d := bundleDifference{Manifest: []fieldDifference{}, Files: []fileDifference{}}
	before, after := flatten(from.Manifest), flatten(to.Manifest)
	for _, field := range union(before, after) {
		if before[field] != after[field] {
			d.Manifest = append(d.Manifest, fieldDifference{field, before[field], after[field]})
		}
	}
	for _, name := range union(from.Files, to.Files) {
		old, had := from.Files[name]
		now, has := to.Files[name]
		switch {
		case !had:
			d.Files = append(d.Files, fileDifference{Path: name, Change: "added"})
		case !has:
			d.Files = append(d.Files, fileDifference{Path: name, Change: "removed"})
		case !bytes.Equal(old, now):
			changed := fileDifference{Path: name, Change: "changed"}
			if bundle.KindOf(name) == bundle.Scripts {
				changed.Lines = string(diff.Diff("a/"+name, old, "b/"+name, now))
			}
			d.Files = append(d.Files, changed)
		}
	}
	return d
}

func (d bundleDifference) String() string {
	var b strings.Builder
	for _, f := range d.Manifest {
		switch {
		case f.From == "":
			fmt.Fprintf(&b, "+ %s: %s\n", f.Field, f.To)
		case f.To == "":
			fmt.Fprintf(&b, "- %s: %s\n", f.Field, f.From)
		default:
			fmt.Fprintf(&b, "~ %s: %s -> %s\n", f.Field, f.From, f.To)
		}
	}
	for _, f := range d.Files {
		fmt.Fprintf(&b, "%s %s\n%s", map[string]string{"added": "+", "removed": "-", "changed": "~"}[f.Change], f.Path, f.Lines)
	}
	return b.String()
}

// flatten returns a manifest's fields by their path (capabilities.network[0]), with their values in JSON.
func flatten(m bundle.Manifest) map[string]string {
	fields := map[string]string{}
	var root any
	document, err := m.Encode()
	if err == nil {
		err = json.Unmarshal(document, &root)
	}
	if err != nil {
		return fields // a manifest that was parsed encodes
	}
	flattenValue(root, "", fields)
	return fields
}

func flattenValue(value any, path string, fields map[string]string) {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			flattenValue(member, strings.TrimPrefix(path+"."+name, "."), fields)
		}
	case []any:
		for i, element := range value {
			flattenValue(element, path+"["+strconv.Itoa(i)+"]", fields)
		}
	default:
		text, err := json.Marshal(value)
		if err == nil {
			fields[path] = string(text)
		}
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// union returns the keys of two maps in order.
func union[V any](a, b map[string]V) []string {
	return slices.Compact(slices.Sorted(func(yield func(string) bool) {
		for _, m := range []map[string]V{a, b} {
			for key := range m {
				if !yield(key) {
					return
				}
			}
		}
	}))
}
