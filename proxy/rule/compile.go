package rule

import (
	"fmt"
	"strings"
	"time"

	"tidelock/proxy/acl"
	"tidelock/proxy/logformat"
	"tidelock/proxy/nearest"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// Compiler compiles the rules of one rule set of one proxy.
type Compiler struct {
	Set     stream.RuleSet
	Mode    stream.Mode
	ACLs    *acl.Set
	Scripts stream.Scripts    // resolves lua.NAME; nil when no script is loaded
	Warn    func(text string) // receives what is allowed but most likely a mistake; nil drops it

	// Files reads the files that rules name; nil is os.ReadFile.
	Files func(name string) ([]byte, error)
	// ErrorReply fills the stream's empty Response with the proxy's own answer for a status. Nil leaves it without a body.
	ErrorReply func(s *stream.Stream, status int)
	// WaitForBody waits until so many bytes of the body of the message that is processed are there, or all of it when
	// that is 0, but no longer than the timeout. Nil refuses rules that need it.
	WaitForBody func(s *stream.Stream, timeout time.Duration, atLeast int64) stream.Verdict
}

// Compile compiles the words that follow the rule set's keyword: an action, its arguments, and a condition.
//
// Errors are of type *sample.Error; words count from the action.
func (k *Compiler) Compile(words []string) (*Rule, error) {
	if len(words) == 0 {
		return nil, &sample.Error{Text: fmt.Sprintf("'%s' expects an action", k.Set)}
	}
	p := &parser{Compiler: k, words: words, at: 1}
	p.samples = sample.Compiler{Phase: sample.PhaseOf(k.Set), Scripts: k.Scripts, Warn: k.Warn, Files: k.Files}
	act, err := p.action(words[0])
	if err != nil {
		return nil, p.failure(err)
	}
	condition, err := k.ACLs.Condition(&p.samples, words[p.at:])
	if err != nil {
		return nil, p.failure(err)
	}
	return &Rule{condition, act}, nil
}

// parser reads the words of one rule.
type parser struct {
	*Compiler
	words    []string
	at       int    // the next word
	argument string // what stands in parentheses after the action's name
	samples  sample.Compiler
}

// failure gives an error the position of the next word, to which an error that has a position adds its own.
func (p *parser) failure(err error) error {
	if e, ok := err.(*sample.Error); ok {
		e.Word += p.at
		return e
	}
	return &sample.Error{Word: min(p.at, len(p.words)-1), Text: err.Error()}
}

// action compiles the action that name, the first word, names.
func (p *parser) action(name string) (action, error) {
	if script, ok := strings.CutPrefix(name, "lua."); ok {
		return p.script(script)
	}
	known := actions[p.Set]
	row, ok := known[name]
	if open := strings.IndexByte(name, '('); !ok && open >= 0 {
		if row, ok = known[name[:open]+"("]; ok {
			if !strings.HasSuffix(name, ")") {
				p.at = 0
				return nil, fmt.Errorf("missing ')' after '%s'", name)
			}
			p.argument = name[open+1 : len(name)-1]
		}
	}
	if !ok {
		p.at = 0
		return nil, p.unknown(name)
	}
	return row(p)
}

func (p *parser) unknown(name string) error {
	known := map[string]struct{}{}
	for n := range actions[p.Set] {
		known[strings.TrimSuffix(n, "(")] = struct{}{}
	}
	base, _, _ := strings.Cut(name, "(")
	if _, ok := known[base]; ok {
		if base == name {
			return fmt.Errorf("action '%s' expects an argument in parentheses, as in '%s(txn.name)'", name, name)
		}
		return fmt.Errorf("action '%s' takes no argument in parentheses", base)
	}
	return fmt.Errorf("'%s': %w", p.Set, nearest.Unknown("action", name, known))
}

// more reports whether arguments are left before the condition.
func (p *parser) more() bool {
	return p.at < len(p.words) && p.words[p.at] != "if" && p.words[p.at] != "unless"
}

// accept takes the next word if it is this one.
func (p *parser) accept(word string) bool {
	if p.at < len(p.words) && p.words[p.at] == word {
		p.at++
		return true
	}
	return false
}

// word takes the next word, which must be there.
func (p *parser) word(what string) (string, error) {
	if p.at >= len(p.words) {
		return "", fmt.Errorf("expected %s, but got nothing", what)
	}
	p.at++
	return p.words[p.at-1], nil
}

// format takes the next word as a log-format string.
func (p *parser) format(what string) (*logformat.Format, error) {
	word, err := p.word(what)
	if err != nil {
		return nil, err
	}
	p.at--
	f, err := logformat.Compile(&p.samples, word, logformat.Text)
	if err != nil {
		return nil, err
	}
	p.at++
	return f, nil
}

// expression takes the next words that are a sample expression.
func (p *parser) expression() (*sample.Expression, error) {
	if !p.more() {
		return nil, fmt.Errorf("expected a sample expression, but got nothing")
	}
	e, n, err := p.samples.ParseAvailable(p.words[p.at:])
	if err != nil {
		return nil, err
	}
	p.at += n
	return e, nil
}
