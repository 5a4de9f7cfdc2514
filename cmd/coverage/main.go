// Command coverage compares what this program knows with the keyword tables of HAProxy's manual, as Debian installs it. It
// prints a line for each section; with -write it makes the list that docs/compatibility.md is.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	manual := flag.String("manual", "/usr/share/doc/haproxy", "folder of HAProxy's manual")
	write := flag.String("write", "", "file to write the whole list to")
	flag.Parse()
	if err := run(*manual, *write); err != nil {
		fmt.Fprintln(os.Stderr, "coverage:", err)
		os.Exit(1)
	}
}

func run(manual, write string) error {
	sections, err := compare(manual)
	if err != nil {
		return err
	}
	if err := summarise(os.Stdout, sections); err != nil {
		return err
	}
	if write == "" {
		return nil
	}
	return os.WriteFile(write, document(sections), 0o644)
}
