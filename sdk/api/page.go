package api

import (
	"fmt"
	"io"
	"strings"
)

// Page writes the table as a Markdown page.
func Page(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, `# The Lua API

<!-- %s -->

Every class that scripts find. What has no version beside it is HAProxy 2.6's and behaves as there. Types are written as
the Lua language server knows them: `+"`?`"+` marks what may be left out or nil. [sdk/lua/haproxy.lua](../sdk/lua/haproxy.lua) tells
editors the same.

Classes: `, generated)
	for i, c := range Classes() {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "[%s](#%s)", c.Name, strings.ToLower(c.Name))
	}
	b.WriteString(".\n")
	for _, c := range Classes() {
		if err := writeClass(&b, &c); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeClass(b *strings.Builder, c *Class) error {
	fmt.Fprintf(b, "\n## %s\n\n%s", c.Name, c.Summary)
	if c.Since != "" {
		fmt.Fprintf(b, " (%s)", c.Since)
	}
	b.WriteString("\n")
	if len(c.Members) == 0 {
		return nil
	}
	b.WriteString("\n| member | in | |\n| --- | --- | --- |\n")
	for _, m := range c.Members {
		p, err := Parse(m.Signature)
		if err != nil {
			return fmt.Errorf("%s: %w", c.Name, err)
		}
		summary := m.Summary
		if since := c.since(&m); since != Reference && m.Since != "" {
			summary += " (" + since + ")"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", strings.ReplaceAll(shown(c, &p), "|", "\\|"), m.In, summary)
	}
	return nil
}

// shown writes a member as a call, or as an attribute with its type.
func shown(c *Class, p *Parsed) string {
	object := c.Name
	if !c.Global {
		object = strings.ToLower(c.Name[:1]) + c.Name[1:]
		if c.Name == strings.ToUpper(c.Name) {
			object = strings.ToLower(c.Name)
		}
	}
	if p.Kind == Attribute {
		return object + "." + p.Name + ": " + p.Type
	}
	separator := "."
	if p.Kind == Method {
		separator = ":"
	}
	var arguments []string
	for _, a := range p.Arguments {
		name := a.Name
		if a.Optional {
			name += "?"
		}
		arguments = append(arguments, name+": "+a.Type)
	}
	text := object + separator + p.Name + "(" + strings.Join(arguments, ", ") + ")"
	if len(p.Results) > 0 {
		text += " -> " + strings.Join(p.Results, ", ")
	}
	return text
}
