package acl

import (
	"strings"

	"tidelock/proxy/sample"
)

// Condition is a compiled condition. It is immutable and may be used by many goroutines at once. A nil condition always
// holds.
type Condition struct {
	unless bool
	terms  [][]factor // holds when all factors of one of the terms do
}

type factor struct {
	list   *list
	negate bool
}

// Holds decides the condition for the exchange of c.
func (d *Condition) Holds(c *sample.Context) bool {
	holds, _ := d.Decide(c)
	return holds
}

// Decide is Holds for rules that run while input is still coming: undecided means that more of it may change the answer.
func (d *Condition) Decide(c *sample.Context) (holds, undecided bool) {
	if d == nil {
		return true, false
	}
	for _, term := range d.terms {
		held, open := all(term, c)
		if held {
			return !d.unless, false
		}
		undecided = undecided || open
	}
	return d.unless, undecided
}

// all reports whether every factor holds, or whether only more input can tell.
func all(term []factor, c *sample.Context) (holds, undecided bool) {
	for i := range term {
		c.Incomplete = false
		switch matched := term[i].list.holds(c); {
		case matched == term[i].negate && (matched || !c.Incomplete):
			return false, false
		case !matched && c.Incomplete:
			undecided = true
		}
	}
	return !undecided, undecided
}

// Condition compiles "if ..." or "unless ...". No words at all are no condition.
//
// Errors are of type *sample.Error.
func (s *Set) Condition(k *sample.Compiler, words []string) (*Condition, error) {
	if len(words) == 0 {
		return nil, nil
	}
	if words[0] != "if" && words[0] != "unless" {
		return nil, &sample.Error{Text: "expected 'if' or 'unless' followed by a condition, but found '" + words[0] + "'"}
	}
	p := conditionParser{set: s, compiler: k, words: words, at: 1}
	d := &Condition{unless: words[0] == "unless", terms: [][]factor{nil}}
	for p.at < len(words) {
		last := &d.terms[len(d.terms)-1]
		if word := words[p.at]; word == "or" || word == "||" {
			if len(*last) == 0 {
				return nil, &sample.Error{Word: p.at, Text: "expected an ACL before '" + word + "'"}
			}
			d.terms = append(d.terms, nil)
			p.at++
			continue
		}
		f, err := p.factor()
		if err != nil {
			return nil, err
		}
		*last = append(*last, f)
	}
	if len(d.terms[len(d.terms)-1]) == 0 {
		return nil, &sample.Error{Word: len(words) - 1, Text: "expected an ACL after '" + words[len(words)-1] + "'"}
	}
	return d, nil
}

type conditionParser struct {
	set      *Set
	compiler *sample.Compiler
	words    []string
	at       int
}

// factor reads an ACL, negated by exclamation marks before it or as words of their own.
func (p *conditionParser) factor() (f factor, err error) {
	word := p.words[p.at]
	for strings.HasPrefix(word, "!") {
		f.negate = !f.negate
		if word = word[1:]; word == "" {
			if p.at++; p.at == len(p.words) {
				return f, &sample.Error{Word: p.at - 1, Text: "expected an ACL after '!'"}
			}
			word = p.words[p.at]
		}
	}
	if word == "{" {
		f.list, err = p.anonymous()
	} else if f.list, err = p.set.find(p.compiler, word); err != nil {
		err = &sample.Error{Word: p.at, Text: err.Error()}
	} else {
		p.at++
	}
	if err == nil {
		p.warn(f.list, word)
	}
	return f, err
}

// anonymous reads an ACL between braces.
func (p *conditionParser) anonymous() (*list, error) {
	open := p.at
	for p.at++; p.at < len(p.words); p.at++ {
		if p.words[p.at] == "}" {
			t, err := compileTest(p.compiler, p.words[open+1:p.at])
			if err != nil {
				return nil, shift(err, open+1)
			}
			p.at++
			return &list{tests: []*test{t}}, nil
		}
	}
	return nil, &sample.Error{Word: open, Text: "missing closing '}' in condition"}
}

// warn tells of an ACL that reads what does not exist here and so never matches. HAProxy allows that too.
func (p *conditionParser) warn(l *list, name string) {
	for _, t := range l.tests {
		if t.expression.AvailableIn(p.compiler.Phase) {
			return
		}
	}
	where := ""
	switch p.compiler.Phase {
	case sample.Connection:
		where = " in 'tcp-request connection'"
	case sample.Session:
		where = " in 'tcp-request session'"
	}
	if name == "{" {
		p.compiler.Warnf("anonymous acl will never match%s because it uses keyword '%s' which is incompatible with '%s'",
			where, l.tests[0].expression.Name(), p.compiler.Phase)
		return
	}
	p.compiler.Warnf("acl '%s' will never match%s because it only involves keywords that are incompatible with '%s'", name, where, p.compiler.Phase)
}
