package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// summarise writes one line for each section.
func summarise(w io.Writer, sections []section) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(out, "%s\t\n", strings.Join(stateNames[:], "\t"))
	for _, s := range sections {
		for _, names := range s.names {
			fmt.Fprintf(out, "%d\t", len(names))
		}
		fmt.Fprintf(out, "  %s\n", s.title)
	}
	return out.Flush()
}

const preface = `# Compatibility with HAProxy 2.6

What becomes of each keyword in the tables of HAProxy 2.6's manual. ` + "`make coverage-manual`" + ` writes this file; do not edit it.

- *implemented*: it works, as far as the manual says what it does.
- *without effect*: it is accepted. It tunes or describes, and the traffic is the same without it.
- *refused*: a configuration with it does not start, or says that it is left out; the message names the keyword.
- *missing*: it is an unknown keyword here.

Keywords of 51Degrees, DeviceAtlas and WURFL, which Debian's HAProxy does not have either, are not planned.

`

// document returns docs/compatibility.md.
func document(sections []section) []byte {
	var out strings.Builder
	out.WriteString(preface)
	out.WriteString("| section |")
	for _, name := range stateNames {
		out.WriteString(" " + name + " |")
	}
	out.WriteString("\n| --- |" + strings.Repeat(" --: |", int(states)) + "\n")
	for _, s := range sections {
		fmt.Fprintf(&out, "| %s |", s.title)
		for _, names := range s.names {
			fmt.Fprintf(&out, " %d |", len(names))
		}
		out.WriteString("\n")
	}
	for _, s := range sections {
		fmt.Fprintf(&out, "\n## %s\n", s.title)
		for what, names := range s.names {
			if len(names) > 0 {
				fmt.Fprintf(&out, "\n%s: `%s`\n", stateNames[what], strings.Join(names, "`, `"))
			}
		}
	}
	return []byte(out.String())
}
