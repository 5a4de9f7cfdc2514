package sample

import (
	"errors"
	"fmt"
	"strings"
)

// kindOfRow is what takes arguments, for messages.
type kindOfRow uint8

const (
	aFetch kindOfRow = iota
	aConverter
)

// keyword is how messages call it where a comma is missing.
func (k kindOfRow) keyword() string {
	if k == aFetch {
		return "fetch keyword"
	}
	return "converter"
}

// at says that an error is about one argument, counted from 0.
func (k kindOfRow) at(name string, argument int, err error) error {
	if k == aFetch {
		return fmt.Errorf("fetch method '%s' : %w", name, err)
	}
	return fmt.Errorf("invalid arg %d in converter '%s' : %w", argument+1, name, err)
}

// all says that an error is about the arguments together.
func (k kindOfRow) all(name string, err error) error {
	if k == aFetch {
		return fmt.Errorf("invalid args in fetch method '%s' : %w", name, err)
	}
	return fmt.Errorf("invalid args in converter '%s' : %w", name, err)
}

// arguments reads the arguments of the row called name, types and prepares them. After an error p is where they begin.
func (p *parser) arguments(of kindOfRow, name string, parameters Parameters, prepare func(*Compiler, []Argument) error) ([]Argument, error) {
	start := p.at
	texts, err := p.list(of, name, parameters.Required, parameters.typeOf)
	if err != nil {
		return nil, err
	}
	end := p.at
	p.at = start
	a, i, err := parameters.parse(texts)
	if whole := (*wholeError)(nil); errors.As(err, &whole) {
		return nil, of.all(name, whole.error)
	}
	if err != nil {
		return nil, of.at(name, i, err)
	}
	if err = parameters.findSections(a, p.compiler.Proxy); err == nil && prepare != nil {
		err = prepare(p.compiler, a)
	}
	if err != nil {
		return nil, of.all(name, err)
	}
	p.at = end
	return a, nil
}

// scriptArguments reads the arguments of what a script registered. Empty parentheses hold none.
func (p *parser) scriptArguments(of kindOfRow, name string) ([]string, error) {
	texts, err := p.list(of, name, 0, func(int) Type { return String })
	if len(texts) == 1 && texts[0] == "" {
		texts = nil
	}
	return texts, err
}

// list reads an optional list of arguments in parentheses and what has to follow it: a comma or the end. TypeOf returns
// the type of an argument by its number, or nowhere behind the last one.
func (p *parser) list(of kindOfRow, name string, required int, typeOf func(i int) Type) (texts []string, err error) {
	if p.at < len(p.text) && p.text[p.at] == '(' {
		p.at++
		if typeOf(0) != nowhere {
			texts, err = p.between(of, name, required, typeOf)
		} else if p.at < len(p.text) && p.text[p.at] == ')' {
			p.at++
		} else {
			err = of.at(name, 0, p.superfluous(p.at))
		}
	}
	switch {
	case err != nil || p.atEnd() || p.text[p.at] == ',':
		return texts, err
	case p.end != 0:
		return nil, fmt.Errorf("expected '%c' after '%s', but found '%c'", p.end, p.text[:p.at], p.text[p.at])
	}
	return nil, fmt.Errorf("missing comma after %s '%s'", of.keyword(), name)
}

// between reads the arguments after an opening parenthesis and the closing one.
func (p *parser) between(of kindOfRow, name string, required int, typeOf func(i int) Type) (texts []string, err error) {
	for p.text[p.at-1] != ')' {
		n := len(texts)
		if typeOf(n) == nowhere {
			// HAProxy does not count the argument that is too many, unless there may be only one.
			return nil, of.at(name, max(n-1, 1), p.superfluous(p.at-1))
		}
		text, err := p.argument()
		if err != nil {
			return nil, of.at(name, n, err)
		}
		if text == "" && n >= required && p.text[p.at-1] == ',' && !typeOf(n).mayBeEmpty() {
			return nil, of.at(name, n, p.superfluous(p.at-1))
		}
		texts = append(texts, text)
	}
	return texts, nil
}

// superfluous is the error about what begins at an offset.
func (p *parser) superfluous(at int) error {
	return fmt.Errorf("expected ')' before '%s'", p.text[at:])
}

// argument reads one argument and the comma or parenthesis after it. Quotes and backslashes work as between words of the
// configuration, but for fewer escapes (manual, section 2.2): one that is none stands for itself.
func (p *parser) argument() (string, error) {
	var b strings.Builder
	quote := byte(0)
	for ; p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; {
		case quote == 0 && (c == ',' || c == ')'):
			p.at++
			return b.String(), nil
		case c == '\\' && quote != '\'' && p.at+1 < len(p.text) && escapes[p.text[p.at+1]] != 0:
			p.at++
			b.WriteByte(escapes[p.text[p.at]])
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case c == quote && quote != 0:
			quote = 0
		default:
			b.WriteByte(c)
		}
	}
	return "", errors.New("expected ')'")
}

var escapes = [256]byte{'\\': '\\', '\'': '\'', '"': '"', ' ': ' ', 'n': '\n', 'r': '\r', 't': '\t'}
