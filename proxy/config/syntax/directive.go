package syntax

import (
	"fmt"
	"strings"
)

// block is one .if ... .endif.
type block struct {
	taken     bool // this branch is read
	done      bool // this branch or one before it was, or the whole block is skipped
	elseFound bool
}

// skipping reports whether the lines at hand are in a branch that is not taken.
func (r *Reader) skipping() bool {
	return len(r.blocks) > 0 && !r.blocks[len(r.blocks)-1].taken
}

// directive carries out a line that starts with a dot (manual, section 2.4).
func (r *Reader) directive(line, trimmed string) {
	name := trimmed[:span(trimmed, func(c byte) bool { return c != ' ' && c != '\t' && c != '#' && c != '\r' })]
	switch name {
	case ".if", ".elif":
		r.condition(name, trimmed[len(name):])
	case ".else", ".endif":
		if argument := r.unexpectedArgument(line, 1); argument != "" {
			r.diags.lexicalf(r.at, "Unexpected argument '%s' for '%s'.", argument, name)
		}
		r.branch(name, func() bool { return true })
	case ".diag", ".notice", ".warning", ".alert":
		if !r.skipping() {
			r.message(name, line)
		}
	default:
		if !r.skipping() {
			r.diags.lexicalf(r.at, "unknown directive '%s'.", name)
		}
	}
}

// unexpectedArgument returns the word at index limit of the line, or "".
func (r *Reader) unexpectedArgument(line string, limit int) string {
	if words, err := lex(line, r.at, r.lookup, intoWords); err == nil && len(words) > limit {
		return words[limit].Text
	}
	return ""
}

// condition opens a branch that depends on an expression.
func (r *Reader) condition(name, expression string) {
	evaluate := func() bool {
		words, failure := lex(strings.TrimLeft(expression, " \t"), r.at, r.lookup, oneWord)
		text := ""
		if failure == nil && len(words) > 0 {
			text = words[0].Text
		}
		truth := false
		if failure == nil {
			truth, failure = r.evaluate(text)
			if failure != nil {
				failure.reason = fmt.Sprintf("%s in '%s'", failure.reason, name)
			}
		} else {
			text = strings.TrimLeft(expression, " \t")
		}
		if failure != nil {
			r.lexError(failure.offset, failure.reason, name+" "+text, len(name)+1+failure.offset)
		}
		return truth
	}
	if name == ".elif" {
		r.branch(name, evaluate)
		return
	}
	if r.skipping() {
		r.blocks = append(r.blocks, block{done: true})
		return
	}
	truth := evaluate()
	r.blocks = append(r.blocks, block{taken: truth, done: truth})
}

// branch goes on to the next branch of the innermost block, or closes it.
func (r *Reader) branch(name string, evaluate func() bool) {
	if len(r.blocks) == 0 {
		r.diags.lexicalf(r.at, "lone '%s' with no matching '.if'.", name)
		return
	}
	b := &r.blocks[len(r.blocks)-1]
	switch {
	case name == ".endif":
		r.blocks = r.blocks[:len(r.blocks)-1]
		return
	case b.elseFound:
		r.diags.lexicalf(r.at, "'%s' after '.else' is not permitted.", name)
		return
	}
	b.elseFound = name == ".else"
	b.taken = !b.done && evaluate()
	b.done = b.done || b.taken
}

// message reports what a .diag, .notice, .warning or .alert says.
func (r *Reader) message(name, line string) {
	words, err := lex(line, r.at, r.lookup, intoWords)
	if err != nil {
		r.lexError(err.offset, err.reason, line, err.offset)
		return
	}
	if len(words) > 2 {
		r.diags.lexicalf(r.at, "Unexpected argument '%s' for '%s'. Use quotes if the message should contain spaces.", words[2].Text, name)
		return
	}
	text := ""
	if len(words) == 2 {
		text = words[1].Text
	}
	severity := map[string]Severity{".diag": Diag, ".notice": Notice, ".warning": Warning, ".alert": Alert}[name]
	r.diags.Add(Diagnostic{Severity: severity, Position: r.at, Directive: name, Reason: "'" + text + "'.", Tight: true})
}
