// Command jaeger draws a trace: it reads what Jaeger's query API answers to /api/traces/ID from the standard input and writes
// a picture in SVG to the standard output. Services have a colour each, what failed is red, and dots are the events of a span.
package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "jaeger:", err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	t, err := read(in)
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, draw(t))
	return err
}
