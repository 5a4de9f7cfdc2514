package rule

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tidelock/proxy/acl"
	"tidelock/proxy/cache"
	"tidelock/proxy/logformat"
	"tidelock/proxy/message"
	"tidelock/proxy/nearest"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// Compiler compiles the rules of one rule set of one proxy.
type Compiler struct {
	Set        stream.RuleSet
	Mode       stream.Mode
	HasBackend bool // the section has servers
	ACLs       *acl.Set
	Samples    *sample.Compiler // for the phase of the set; knows the section, its scripts and files

	// Experimental allows what the manual calls experimental.
	Experimental bool
	// Frontend declares the slots of captures; nil in a backend, which stores in those of other sections.
	Frontend *stream.Proxy
	// Tarpit is how long tarpit rules hold clients up.
	Tarpit time.Duration
	// Caches by name.
	Caches map[string]*cache.Cache
	// Resolver returns what asks the name servers of a resolvers section, nil when there is no such section.
	Resolver func(section string) Resolver
	// ErrorReply fills the stream's empty Response with the proxy's own answer for a status. Nil leaves it without a body.
	ErrorReply func(s *stream.Stream, status int)
	// Services are those that are no script's, by name.
	Services map[string]Service
	// ErrorGroup returns the pages of a http-errors section by status; ok is false when there is no such section.
	ErrorGroup func(name string) (pages map[int]*message.Message, ok bool)
}

// Compile compiles the words that follow the rule set's keyword: an action, its arguments, and a condition.
//
// Errors are of type *Error; words count from the action.
func (k *Compiler) Compile(words []string) (*Rule, error) {
	p := &parser{Compiler: k, words: words, at: 1}
	if len(words) == 0 {
		return nil, p.failure(InAction, p.unknown(""))
	}
	act, err := p.action(words[0])
	if err != nil {
		return nil, p.failure(InAction, err)
	}
	if p.at < len(words) && p.more() {
		return nil, p.failure(AfterAction, fmt.Errorf("expected 'if' or 'unless' followed by a condition, but found '%s'", words[p.at]))
	}
	condition, err := k.ACLs.Condition(p.Samples, words[p.at:])
	if err != nil {
		return nil, p.failure(InCondition, err)
	}
	at := k.Samples.Place
	return &Rule{condition, act, p.hint, finalActions[words[0]], stream.Place{File: at.File, Line: at.Line}}, nil
}

// Part is a part of a rule.
type Part uint8

// The parts of a rule that can be at fault.
const (
	InAction    Part = iota // the action or its arguments
	UnknownName             // the action's name
	AfterAction             // what begins no condition
	InCondition
)

// Error is a fault in a rule. Errors of type *sample.Error that it wraps give the position.
type Error struct {
	Part    Part
	Keyword int // the word that begins the condition
	Fault   *sample.Error
}

// Error says what is wrong, without the rule that it is wrong in.
func (e *Error) Error() string { return e.Fault.Text }

// Unwrap gives access to the position.
func (e *Error) Unwrap() error { return e.Fault }

// parser reads the words of one rule.
type parser struct {
	*Compiler
	words    []string
	at       int    // the next word
	argument string // what stands in parentheses after the action's name
	hint     *hint  // of an early-hint action
}

// failure gives an error the position of the next word, to which an error that has a position adds its own.
func (p *parser) failure(part Part, err error) error {
	var unknown unknownAction
	if errors.As(err, &unknown) {
		part = UnknownName
	}
	if e, ok := err.(*sample.Error); ok {
		e.Word += p.at
		return &Error{part, p.at, e}
	}
	return &Error{part, p.at, &sample.Error{Word: max(0, min(p.at, len(p.words)-1)), Text: err.Error()}}
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
				return nil, fmt.Errorf("incomplete argument after action '%s'", name)
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

// unknownAction is the error for an action that the rule set does not have.
type unknownAction string

func (e unknownAction) Error() string { return string(e) }

// unknown lists what the rule set has.
func (p *parser) unknown(name string) error {
	var known []string
	for n := range actions[p.Set] {
		if strings.HasSuffix(n, "(") {
			n += "*)"
		}
		known = append(known, "'"+n+"'")
	}
	slices.Sort(known)
	got := "'" + name + "'"
	if name == "" {
		got += " (missing argument)"
	}
	base, _, _ := strings.Cut(name, "(")
	if _, ok := actions[p.Set][name+"("]; ok {
		return fmt.Errorf("invalid or incomplete action '%s'. Expects '%s(<argument>)'", name, name)
	}
	return unknownAction(fmt.Sprintf("'%s' expects %s, but got %s%s", p.Set, strings.Join(known, ", "), got,
		nearest.Suggestion(base, maps.Keys(bare(actions[p.Set])))))
}

// bare returns the names of rows without parentheses.
func bare(rows map[string]row) map[string]struct{} {
	names := map[string]struct{}{}
	for n := range rows {
		names[strings.TrimSuffix(n, "(")] = struct{}{}
	}
	return names
}

// more reports whether arguments are left before the condition.
func (p *parser) more() bool { return p.has(1) }

// has reports whether at least so many arguments are left before the condition.
func (p *parser) has(n int) bool {
	for i := p.at; i < p.at+n; i++ {
		if i >= len(p.words) || p.words[i] == "if" || p.words[i] == "unless" {
			return false
		}
	}
	return true
}

// take returns the next word, which is there.
func (p *parser) take() string {
	p.at++
	return p.words[p.at-1]
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
	return p.take(), nil
}

// format takes the next word as a log-format string.
func (p *parser) format(what string) (*logformat.Format, error) {
	word, err := p.word(what)
	if err != nil {
		return nil, err
	}
	p.at--
	f, err := logformat.Compile(p.Samples, word, logformat.Text)
	if err != nil {
		return nil, err
	}
	p.at++
	return f, nil
}

// expression takes the next words that are a sample expression.
func (p *parser) expression() (*sample.Expression, error) {
	if !p.more() {
		return nil, errors.New("missing fetch method")
	}
	e, n, err := p.Samples.ParseAvailable(p.words[p.at:])
	if err != nil {
		return nil, err
	}
	p.at += n
	return e, nil
}
