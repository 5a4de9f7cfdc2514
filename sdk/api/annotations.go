package api

import (
	"fmt"
	"io"
	"regexp"
	"strings"
)

// generated stands at the top of what is made of the table.
const generated = "made from package sdk/api by: go generate ./sdk/api"

//go:generate go run tidelock/cmd/luaapi -annotations ../lua/haproxy.lua -page ../../docs/lua-api.md

// Annotations writes the table as a definition file of the Lua language server.
func Annotations(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "---@meta haproxy\n-- The Lua API for editors, %s\n", generated)
	for _, c := range Classes() {
		if err := annotateClass(&b, &c); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func annotateClass(b *strings.Builder, c *Class) error {
	fmt.Fprintf(b, "\n---%s\n---@class %s\n", c.Summary, c.Name)
	var methods []string
	for _, m := range c.Members {
		p, err := Parse(m.Signature)
		if err != nil {
			return fmt.Errorf("%s: %w", c.Name, err)
		}
		if p.Kind == Attribute {
			fmt.Fprintf(b, "---@field %s %s %s\n", fieldName(p.Name), p.Type, m.Summary)
			continue
		}
		methods = append(methods, annotateFunction(c, &m, &p))
	}
	variable := c.Name + " = {}"
	if !c.Global {
		variable = "local " + variable
	}
	fmt.Fprintf(b, "%s\n%s", variable, strings.Join(methods, ""))
	return nil
}

func annotateFunction(c *Class, m *Member, p *Parsed) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n---%s\n---In: %s. Since: %s.\n", m.Summary, m.In, c.since(m))
	var names []string
	for _, a := range p.Arguments {
		names = append(names, a.Name)
		name := a.Name
		if a.Optional {
			name += "?"
		}
		fmt.Fprintf(&b, "---@param %s %s\n", name, a.Type)
	}
	for _, result := range p.Results {
		fmt.Fprintf(&b, "---@return %s\n", result)
	}
	separator := "."
	if p.Kind == Method {
		separator = ":"
	}
	fmt.Fprintf(&b, "function %s%s%s(%s) end\n", c.Name, separator, p.Name, strings.Join(names, ", "))
	return b.String()
}

var identifier = regexp.MustCompile(`^[A-Za-z_]\w*$`)

// fieldName writes what is no name in Lua as an index.
func fieldName(name string) string {
	if name == "end" || !identifier.MatchString(name) {
		return fmt.Sprintf("[%q]", name)
	}
	return name
}
