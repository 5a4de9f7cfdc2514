// Command luaapi writes what is made of the table of the Lua API (package sdk/api): the annotations for editors and the
// documentation page.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"

	"tidelock/sdk/api"
)

func main() {
	annotations := flag.String("annotations", "", "`file` for the annotations")
	page := flag.String("page", "", "`file` for the documentation page")
	flag.Parse()
	for file, write := range map[string]func(io.Writer) error{*annotations: api.Annotations, *page: api.Page} {
		if file == "" {
			continue
		}
		if err := create(file, write); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func create(file string, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	return os.WriteFile(file, b.Bytes(), 0o644)
}
