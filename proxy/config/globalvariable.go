package config

import "tidelock/proxy/config/syntax"

// GlobalVariable is one set-var or set-var-fmt of the global section. It is set while the configuration is assembled.
type GlobalVariable struct {
	Name   string
	Format bool // the value is a format, else an expression
	Value  []syntax.Word
	Folder Folder // of the files that the value names
	At     syntax.Position
}

// set-var proc.<name> <expression>
// set-var-fmt proc.<name> <format>
func parseGlobalVariable(p *parser, s syntax.Statement) {
	format := s.Keyword() == "set-var-fmt"
	if len(s.Words) < 3 {
		what := "a sample expression"
		if format {
			what = "a format string"
		}
		p.failf(s, "'%s' requires a process-wide variable name ('proc.<name>') and %s.", s.Keyword(), what)
		return
	}
	p.Global.Variables = append(p.Global.Variables, GlobalVariable{
		Name: s.Argument(0), Format: format, Value: s.Words[2:], Folder: p.folder(s), At: s.At(),
	})
}
