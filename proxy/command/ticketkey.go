package command

import (
	"encoding/base64"
	"slices"
	"strings"

	"tidelock/proxy/runtime"
	"tidelock/proxy/tlsconfig"
)

// ticketKeys returns the commands about files of keys for TLS tickets. A file's number is its place among them.
func ticketKeys(files *tlsconfig.Files) []runtime.Command {
	return []runtime.Command{
		{Words: "set ssl tls-key", Usage: "set ssl tls-key [id|file] <key>", Help: "set the next TLS key for the <id> or <file> listener to <key>",
			Level: runtime.Admin, Run: func(c *runtime.Call) { setTicketKey(c, files) }},
		{Words: "show tls-keys", Usage: "show tls-keys [id|*]", Help: "show tls keys references or dump tls ticket keys when id specified",
			Level: runtime.Operator, Run: func(c *runtime.Call) { showTicketKeys(c, files) }},
	}
}

// ticketFile finds a file by its name, or its number behind "#".
func ticketFile(files *tlsconfig.Files, word string) (path string, id int, found bool) {
	for i, name := range files.Names(tlsconfig.TicketKeys) {
		if named(word, name, i) {
			return name, i, true
		}
	}
	return "", 0, false
}

func ticketLines(files *tlsconfig.Files, path string) []string {
	content, _ := files.ReadFile(path)
	return strings.Fields(string(content))
}

// show tls-keys [ <file> | #<number> | * ]
func showTicketKeys(c *runtime.Call, files *tlsconfig.Files) {
	word := c.Arg(0)
	if word == "" {
		c.Printf("# id (file)\n")
	} else {
		if _, _, found := ticketFile(files, word); !found && word != "*" {
			c.Fail("'show tls-keys' unable to locate referenced filename")
			return
		}
		c.Printf("# id secret\n")
	}
	for i, name := range files.Names(tlsconfig.TicketKeys) {
		switch {
		case word == "":
			c.Printf("%d (%s)\n", i, name)
		case word == "*" || named(word, name, i):
			c.Printf("# %d (%s)\n", i, name)
			for j, key := range ticketLines(files, name) {
				c.Printf("%d.%d %s\n", i, j, key)
			}
		}
	}
}

// set ssl tls-key <file> <key>
//
// The oldest key makes room; the last but one encrypts, so that a new one is known everywhere before it is used.
func setTicketKey(c *runtime.Call, files *tlsconfig.Files) {
	if c.Arg(0) == "" || c.Arg(1) == "" {
		c.Fail("'set ssl tls-key' expects a filename and the new TLS key in base64 encoding.")
		return
	}
	path, _, found := ticketFile(files, c.Arg(0))
	if !found {
		c.Fail("'set ssl tls-key' unable to locate referenced filename")
		return
	}
	key, err := base64.StdEncoding.DecodeString(c.Arg(1))
	lines := ticketLines(files, path)
	before, _ := base64.StdEncoding.DecodeString(lines[0])
	switch {
	case err != nil:
		c.Fail("'set ssl tls-key' received invalid base64 encoded TLS key.")
	case len(key) != len(before):
		c.Fail("'set ssl tls-key' received a key of wrong size.")
	default:
		lines = append(slices.Clone(lines[1:]), c.Arg(1))
		if _, err := files.Replace(map[string][]byte{path: []byte(strings.Join(lines, "\n") + "\n")}); err != nil {
			c.Fail("%s", err)
			return
		}
		c.Report("TLS ticket key updated!")
	}
}
