package syntax

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Condition is the expression of an .if, parsed whole before it is evaluated, so that an error in its second half does
// not depend on the first.
type Condition struct {
	Environment *Environment
	Version     string   // what version_atleast and version_before compare with
	Features    []string // what feature() finds
}

// Evaluate returns the truth of an expression (manual, section 2.4). The offset of an error counts from 0.
func (c Condition) Evaluate(text string) (truth bool, err error) {
	truth, failure := c.evaluate(text)
	if failure != nil {
		return false, fmt.Errorf("%s", failure.reason)
	}
	return truth, nil
}

func (c Condition) evaluate(text string) (bool, *lexError) {
	p := &conditionParser{Condition: c, text: text}
	if p.skipSpace(); p.next == len(text) {
		return false, nil
	}
	truth, err := p.or()
	if err == nil && p.next < len(text) {
		err = &lexError{p.next, fmt.Sprintf("unexpected character '%c' at the end of conditional expression '%s'", text[p.next], text)}
	}
	return truth && err == nil, err
}

type conditionParser struct {
	Condition
	text string
	next int
}

func (p *conditionParser) skipSpace() {
	for p.next < len(p.text) && (p.text[p.next] == ' ' || p.text[p.next] == '\t') {
		p.next++
	}
}

// accept consumes a token and the space around it.
func (p *conditionParser) accept(token string) bool {
	p.skipSpace()
	if !strings.HasPrefix(p.text[p.next:], token) {
		return false
	}
	p.next += len(token)
	p.skipSpace()
	return true
}

// or parses: and { "||" and }
func (p *conditionParser) or() (bool, *lexError) {
	truth, err := p.and()
	for err == nil && p.accept("||") {
		var right bool
		right, err = p.and()
		truth = truth || right
	}
	return truth, err
}

// and parses: term { "&&" term }
func (p *conditionParser) and() (bool, *lexError) {
	truth, err := p.term()
	for err == nil && p.accept("&&") {
		var right bool
		right, err = p.term()
		truth = truth && right
	}
	return truth, err
}

// term parses: { "!" } ( integer | "(" or ")" | predicate [ "(" arguments ")" ] )
func (p *conditionParser) term() (bool, *lexError) {
	start, negated := p.next, false
	for p.accept("!") {
		negated = !negated
	}
	truth, err := p.operand(start)
	p.skipSpace()
	return truth != negated, err
}

func (p *conditionParser) operand(start int) (bool, *lexError) {
	open := p.next
	if p.accept("(") {
		truth, err := p.or()
		if err == nil && !p.accept(")") {
			err = &lexError{open, fmt.Sprintf("expected ')' after conditional expression '%s'", p.text[open:])}
		}
		return truth, err
	}
	if n := span(p.text[p.next:], func(c byte) bool { return isDigit(c) || c == '-' }); n > 0 {
		number := p.text[p.next : p.next+n]
		p.next += n
		return strings.Trim(number, "-0") != "", nil
	}
	n := span(p.text[p.next:], isNameByte)
	predicate, known := predicates[p.text[p.next:p.next+n]]
	if !known {
		return false, &lexError{start, fmt.Sprintf("unparsable conditional expression '%s'", p.text[start:])}
	}
	name := p.text[p.next : p.next+n]
	p.next += n
	arguments := make([]string, predicate.arity)
	if p.next < len(p.text) && p.text[p.next] == '(' {
		if err := p.arguments(name, arguments); err != nil {
			return false, err
		}
	}
	return predicate.holds(p.Condition, arguments), nil
}

// arguments fills the list in parentheses into values.
func (p *conditionParser) arguments(name string, values []string) *lexError {
	where := func(i int) string {
		return fmt.Sprintf("in argument %d of predicate '%s' used in conditional expression", i+1, name)
	}
	for i := range values {
		p.next++ // the parenthesis or the comma
		values[i] = p.argument()
		switch last := i == len(values)-1; {
		case p.next == len(p.text):
			return &lexError{p.next, "expected ')' " + where(i)}
		case p.text[p.next] == ')' && !last:
			return &lexError{p.next, fmt.Sprintf("missing arguments (got %d/%d), type 'string' expected %s", i+1, len(values), where(i))}
		case p.text[p.next] == ',' && last:
			return &lexError{p.next, fmt.Sprintf("expected ')' before '%s' %s", p.text[p.next:], where(i))}
		}
	}
	p.next++
	return nil
}

// argument reads up to an unquoted comma or parenthesis.
func (p *conditionParser) argument() string {
	var value strings.Builder
	quote := byte(0)
	for ; p.next < len(p.text); p.next++ {
		switch c := p.text[p.next]; {
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote == 0 && (c == ',' || c == ')'):
			return value.String()
		case quote != '\'' && c == '\\' && p.next+1 < len(p.text):
			p.next++
			value.WriteByte(p.text[p.next])
		default:
			value.WriteByte(c)
		}
	}
	return value.String()
}

// span returns the length of the prefix whose bytes all satisfy in.
func span(text string, in func(byte) bool) int {
	n := 0
	for n < len(text) && in(text[n]) {
		n++
	}
	return n
}

// predicates of section 2.4 of the manual.
var predicates = map[string]struct {
	arity int
	holds func(Condition, []string) bool
}{
	"defined": {1, func(c Condition, a []string) bool { _, set := c.Environment.Lookup(a[0]); return set }},
	"feature": {1, func(c Condition, a []string) bool { return slices.Contains(c.Features, a[0]) }},
	"streq":   {2, func(_ Condition, a []string) bool { return a[0] == a[1] }},
	"strneq":  {2, func(_ Condition, a []string) bool { return a[0] != a[1] }},
	"version_atleast": {1, func(c Condition, a []string) bool {
		return slices.Compare(versionNumbers(c.Version), versionNumbers(a[0])) >= 0
	}},
	"version_before": {1, func(c Condition, a []string) bool {
		return slices.Compare(versionNumbers(c.Version), versionNumbers(a[0])) < 0
	}},
}

// versionNumbers returns a version such as "2.6.12" or "2.7-dev3" as numbers that compare in order: major, minor, patch,
// and 1 for a release or 0 for a development version, with its number.
func versionNumbers(version string) []int {
	numbers := make([]int, 5)
	text, suffix, _ := strings.Cut(version, "-")
	for i, part := range strings.SplitN(text, ".", 4) {
		if i < 3 {
			numbers[i] = leadingInt(part)
		}
	}
	if number, development := strings.CutPrefix(suffix, "dev"); development {
		numbers[4] = leadingInt(number)
	} else {
		numbers[3] = 1
	}
	return numbers
}

// leadingInt returns the number that text starts with, 0 without one.
func leadingInt(text string) int {
	n, _, _ := leadingNumber(text)
	return int(min(n, math.MaxInt32))
}
