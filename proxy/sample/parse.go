package sample

import (
	"fmt"
	"io"
	"os"
	"strings"

	"tidelock/proxy/nearest"
	"tidelock/proxy/pattern"
	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

// Compiler compiles the expressions of one place in a configuration.
type Compiler struct {
	Phase   Phase             // where the expressions will be evaluated
	Proxy   *stream.Proxy     // the section, whose tables can be named
	Scripts stream.Scripts    // resolves lua.NAME; nil when no script is loaded
	Warn    func(text string) // receives what is allowed but most likely a mistake; nil drops it

	// Users returns the userlist section of a name, or nil. It may be nil itself.
	Users func(list string) Users

	// Files reads the files that are named there; nil is os.ReadFile.
	Files func(name string) ([]byte, error)

	// Environment looks up the variables that are named there; nil is os.LookupEnv.
	Environment func(name string) (string, bool)

	// Sink returns what takes events under a name, one without its line feed with each Write, or nil. It may be nil itself.
	Sink func(name string) io.Writer

	Patterns *pattern.Sets // where maps and ACLs share their files
	Place    pattern.Place // of the expressions, as the runtime API tells it
}

// ReadFile returns the content of a file that the configuration names.
func (k *Compiler) ReadFile(name string) ([]byte, error) {
	if k.Files == nil {
		return os.ReadFile(name)
	}
	return k.Files(name)
}

// Warnf gives a warning to k.Warn.
func (k *Compiler) Warnf(format string, arguments ...any) {
	if k.Warn != nil {
		k.Warn(fmt.Sprintf(format, arguments...))
	}
}

// Error is a fault in an expression. Offset is where it is: in bytes from the start of the word with index Word.
type Error struct {
	Word, Offset int
	Text         string
}

func (e *Error) Error() string { return e.Text }

// Parse compiles the expression that words start with and returns how many words it takes. Converters follow the fetch
// after commas, or as words of their own (manual, section 7.3).
//
// Errors are of type *Error.
func (k *Compiler) Parse(words []string) (*Expression, int, error) {
	if len(words) == 0 {
		return nil, 0, &Error{Text: "missing fetch method"}
	}
	p := parser{compiler: k, text: words[0]}
	e := &Expression{}
	err := p.fetch(e)
	for err == nil && p.more() {
		err = p.converter(e)
	}
	n := 1
	for err == nil && n < len(words) && k.isConverter(words[n]) {
		p.word, p.text, p.at = n, words[n], 0
		err = p.converter(e)
		for err == nil && p.more() {
			err = p.converter(e)
		}
		n++
	}
	if err != nil {
		return nil, 0, p.failure(err)
	}
	e.text = strings.Join(words[:n], ",")
	return e, n, nil
}

// ParseBracketed compiles the expression that text starts with and that a closing square bracket ends. It returns the
// offset after the bracket.
//
// Errors are of type *Error.
func (k *Compiler) ParseBracketed(text string) (*Expression, int, error) {
	p := parser{compiler: k, text: text, end: ']'}
	e := &Expression{}
	err := p.fetch(e)
	for err == nil && p.more() {
		err = p.converter(e)
	}
	if err == nil && p.at == len(text) {
		err = fmt.Errorf("missing ']' after '%s'", text)
	}
	if err != nil {
		return nil, 0, p.failure(fmt.Errorf("failed to parse sample expression <%s> : %w", text, err))
	}
	e.text = text[:p.at]
	if !e.AvailableIn(k.Phase) {
		return nil, 0, &Error{Text: fmt.Sprintf(
			"sample fetch <%s> may not be reliably used here because it needs '%s' which is not available here", e, e.source)}
	}
	return e, p.at + 1, nil
}

// ParseAvailable is Parse, but refuses what does not exist in the compiler's phase.
func (k *Compiler) ParseAvailable(words []string) (*Expression, int, error) {
	e, n, err := k.Parse(words)
	if err == nil && !e.AvailableIn(k.Phase) {
		err = &Error{Text: fmt.Sprintf("fetch method '%s' extracts information from '%s', none of which is available here", e, e.source)}
	}
	return e, n, err
}

func (k *Compiler) isConverter(word string) bool {
	name := word[:nameLen(word)]
	return converters[name] != nil || k.Scripts != nil && strings.HasPrefix(name, luaPrefix) && len(name) > len(luaPrefix)
}

// luaPrefix starts the names of what scripts registered.
const luaPrefix = "lua."

// parser reads one word of an expression.
type parser struct {
	compiler *Compiler
	word     int
	text     string
	at       int  // where the next token starts
	end      byte // ends the expression, 0 for the end of the word
}

func (p *parser) failure(err error) *Error {
	return &Error{Word: p.word, Offset: min(p.at, len(p.text)), Text: err.Error()}
}

// atEnd reports whether the expression is over.
func (p *parser) atEnd() bool { return p.at == len(p.text) || p.end != 0 && p.text[p.at] == p.end }

// more reports whether a converter follows. A comma at the end of a word is allowed and says nothing.
func (p *parser) more() bool {
	if p.at < len(p.text) && p.text[p.at] == ',' {
		p.at++
	}
	return !p.atEnd()
}

func (p *parser) fetch(e *Expression) error {
	name := p.name()
	if name == "" {
		return fmt.Errorf("missing fetch method")
	}
	e.name = name
	start := p.at
	if script, ok := strings.CutPrefix(name, luaPrefix); ok && p.compiler.Scripts != nil {
		texts, err := p.scriptArguments(aFetch, name)
		if err != nil {
			return err
		}
		get, err := p.compiler.Scripts.BindFetch(script, texts)
		if err != nil {
			p.at = start - len(name)
			return err
		}
		e.output, e.source = value.Any, constants
		e.fetch = func(c *Context, _ []Argument) value.Value { return get(c.Stream) }
		return nil
	}
	f := fetches[name]
	if f == nil {
		p.at = start - len(name)
		return nearest.Unknown("fetch method", name, fetches)
	}
	a, err := p.arguments(aFetch, name, f.Parameters, f.Prepare)
	if err != nil {
		return err
	}
	e.args = a
	e.output, e.source, e.fetch, e.next = f.Output, f.Source, f.Get, f.Next
	return nil
}

func (p *parser) converter(e *Expression) error {
	name := p.name()
	if name == "" {
		return fmt.Errorf("missing converter after '%s'", p.text[:p.at])
	}
	start := p.at
	if script, ok := strings.CutPrefix(name, luaPrefix); ok && p.compiler.Scripts != nil {
		texts, err := p.scriptArguments(aConverter, name)
		if err != nil {
			return err
		}
		convert, err := p.compiler.Scripts.BindConverter(script, texts)
		if err != nil {
			p.at = start - len(name)
			return err
		}
		e.output = value.Any
		e.steps = append(e.steps, step{input: value.Any, convert: func(c *Context, _ []Argument, v value.Value) value.Value {
			return convert(c.Stream, v)
		}})
		return nil
	}
	k := converters[name]
	if k == nil {
		p.at = start - len(name)
		return nearest.Unknown("converter", name, converters)
	}
	if !value.Castable(e.output, k.Input) {
		p.at = start - len(name)
		return fmt.Errorf("converter '%s' cannot be applied. It takes type '%s', but the value before it has type '%s'",
			name, k.Input, e.output)
	}
	a, err := p.arguments(aConverter, name, k.Parameters, k.Prepare)
	if err != nil {
		return err
	}
	e.steps = append(e.steps, step{input: k.Input, convert: k.Convert, args: a})
	if k.Output != value.Any || k.Input != value.Any {
		e.output = k.Output
	}
	return nil
}

// name reads the name of a fetch or converter.
func (p *parser) name() string {
	n := nameLen(p.text[p.at:])
	p.at += n
	return p.text[p.at-n : p.at]
}

func nameLen(s string) int {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '.', c == '_', c == '-', c == '+':
		default:
			return i
		}
	}
	return len(s)
}
