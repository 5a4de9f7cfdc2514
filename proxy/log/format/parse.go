package format

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"tidelock/proxy/sample"
)

// Compile reads a log-format string.
//
// Errors have HAProxy's words and no position: the caller knows the token.
func Compile(text string, compiler *sample.Compiler, environment Environment) (*Format, error) {
	p := parser{text: text, compiler: compiler}
	for p.text != "" {
		if err := p.next(); err != nil {
			return nil, err
		}
	}
	return &Format{items: p.items, environment: environment, phase: compiler.Phase}, nil
}

// parser turns text into items from its start on.
type parser struct {
	text     string
	compiler *sample.Compiler
	items    []item
	flags    flags // set by %{...}o for what follows
}

func (p *parser) next() error {
	switch p.text[0] {
	case ' ':
		p.text = strings.TrimLeft(p.text, " ")
		p.items = append(p.items, item{separator: true})
		return nil
	case '%':
		if strings.HasPrefix(p.text, "%%") {
			p.items = append(p.items, item{text: "%"})
			p.text = p.text[2:]
			return nil
		}
		return p.field()
	}
	end := strings.IndexAny(p.text, " %")
	if end < 0 {
		end = len(p.text)
	}
	p.items = append(p.items, item{text: p.text[:end]})
	p.text = p.text[end:]
	return nil
}

// field reads %name, %{flags}name, %[expression] or %{flags}[expression].
func (p *parser) field() error {
	p.text = p.text[1:]
	fieldFlags := p.flags
	if strings.HasPrefix(p.text, "{") {
		list, rest, closed := strings.Cut(p.text[1:], "}")
		if !closed {
			return errors.New("missing '}' after the flags of a format variable")
		}
		if err := fieldFlags.set(list); err != nil {
			return err
		}
		p.text = rest
	}
	if strings.HasPrefix(p.text, "[") {
		return p.expression(fieldFlags)
	}
	name, _, _ := strings.Cut(p.text, " ")
	if n := strings.IndexFunc(name, func(r rune) bool { return !unicode.IsLetter(r) }); n >= 0 {
		name = name[:n]
	}
	switch {
	case name == "o":
		p.flags = fieldFlags
		// What sets flags takes the space after it along.
		p.text = strings.TrimLeft(p.text[1:], " ")
		return nil
	case aliases[name] == nil:
		return fmt.Errorf("no such format variable '%s'. If you wanted to emit the '%%' character verbatim, you need to use '%%%%'", name)
	}
	p.text = p.text[len(name):]
	p.items = append(p.items, item{alias: aliases[name], flags: fieldFlags})
	return nil
}

// expression reads [expression].
func (p *parser) expression(f flags) error {
	end := closingBracket(p.text)
	if end < 0 {
		return fmt.Errorf("missing ']' after sample expression <%s>", p.text[1:])
	}
	text := p.text[1:end]
	e, _, err := p.compiler.Parse([]string{text})
	if err != nil {
		return fmt.Errorf("failed to parse sample expression <%s]> : %w", text, err)
	}
	p.items = append(p.items, item{expression: e, flags: f})
	p.text = p.text[end+1:]
	return nil
}

// closingBracket returns the index of the bracket that closes text[0], outside of quotes and parentheses, or -1.
func closingBracket(text string) int {
	depth, quote := 0, byte(0)
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\' && quote != '\'':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ']' && depth <= 0:
			return i
		}
	}
	return -1
}

// set applies a list such as "+Q,-E".
func (f *flags) set(list string) error {
	for _, flag := range strings.Split(list, ",") {
		if len(flag) != 2 || flag[0] != '+' && flag[0] != '-' {
			return fmt.Errorf("unknown flag '%s' of a format variable", flag)
		}
		on := flag[0] == '+'
		switch flag[1] {
		case 'Q':
			f.quote = on
		case 'X':
			f.hex = on
		case 'E':
			f.escape = on
		default:
			return fmt.Errorf("unknown flag '%s' of a format variable", flag)
		}
	}
	return nil
}
