package logformat

import (
	"fmt"
	"maps"
	"strings"

	"tidelock/proxy/nearest"
	"tidelock/proxy/sample"
)

// Compile compiles the text of a log-format string.
//
// Errors are of type *sample.Error; their offset counts from the start of text.
func Compile(k *sample.Compiler, text string, t Target) (*Format, error) {
	p := parser{compiler: k, text: text, format: &Format{target: t}}
	for p.at < len(text) {
		if err := p.next(); err != nil {
			if e, ok := err.(*sample.Error); ok {
				return nil, e
			}
			return nil, &sample.Error{Offset: min(p.at, len(text)), Text: err.Error()}
		}
	}
	p.flush()
	return p.format, nil
}

type parser struct {
	compiler *sample.Compiler
	text     string
	at       int
	format   *Format
	literal  []byte // text that is not yet a part
	global   flags  // set by %o
}

func (p *parser) next() error {
	switch c := p.text[p.at]; {
	case c == '%':
		p.at++
		return p.afterPercent()
	case c == ' ' && p.format.target != Text:
		p.flush()
		p.format.parts = append(p.format.parts, part{space: true})
	default:
		p.literal = append(p.literal, c)
	}
	p.at++
	return nil
}

// afterPercent reads "%", "[expression]" or "variable", the latter two with flags in braces before them.
func (p *parser) afterPercent() error {
	if strings.HasPrefix(p.text[p.at:], "%") {
		p.literal = append(p.literal, '%')
		p.at++
		return nil
	}
	fl := p.global
	if strings.HasPrefix(p.text[p.at:], "{") {
		end := strings.IndexByte(p.text[p.at:], '}')
		if end < 0 {
			return fmt.Errorf("missing '}' after '%%%s'", p.text[p.at:])
		}
		fl.parse(p.text[p.at+1 : p.at+end])
		p.at += end + 1
	}
	if strings.HasPrefix(p.text[p.at:], "[") {
		return p.expression(fl)
	}
	n := 0
	for p.at+n < len(p.text) && isLetter(p.text[p.at+n]) {
		n++
	}
	if n == 0 {
		return fmt.Errorf("expected a variable, '[', '{' or '%%' after '%%'; use '%%%%' for a single '%%'")
	}
	name := p.text[p.at : p.at+n]
	if name == "o" {
		p.global = fl
		p.at += n
		return nil
	}
	v := variables[name]
	switch {
	case v == nil:
		return fmt.Errorf("no such format variable '%s'%s. If you wanted to emit the '%%' character verbatim, you need to use '%%%%'",
			name, nearest.Suggestion(name, maps.Keys(variables)))
	case v.http && p.format.target == TCPLine:
		return fmt.Errorf("format variable '%s' is reserved for HTTP mode", name)
	}
	p.at += n
	p.flush()
	if v.expression != "" {
		e, _, err := p.compiler.ParseBracketed(v.expression + "]")
		if err != nil {
			return err
		}
		p.format.parts = append(p.format.parts, part{expression: e, flags: fl})
		return nil
	}
	p.format.parts = append(p.format.parts, part{variable: v, flags: fl})
	return nil
}

func (p *parser) expression(fl flags) error {
	p.at++
	e, n, err := p.compiler.ParseBracketed(p.text[p.at:])
	if err != nil {
		if e, ok := err.(*sample.Error); ok {
			return &sample.Error{Offset: p.at + e.Offset, Text: e.Text}
		}
		return err
	}
	p.at += n
	p.flush()
	p.format.parts = append(p.format.parts, part{expression: e, flags: fl})
	return nil
}

func (p *parser) flush() {
	if len(p.literal) > 0 {
		p.format.parts = append(p.format.parts, part{literal: p.literal})
		p.literal = nil
	}
}

// parse reads what is between the braces: names of flags after plus and minus signs, separated by commas. Others mean
// nothing, as in HAProxy.
func (f *flags) parse(text string) {
	for name := range strings.SplitSeq(text, ",") {
		bit := flagNames[strings.TrimLeft(name, "+-")]
		if strings.HasPrefix(name, "-") {
			*f &^= bit
		} else {
			*f |= bit
		}
	}
}

var flagNames = map[string]flags{"Q": quoted, "X": hexadecimal, "E": escaped}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
