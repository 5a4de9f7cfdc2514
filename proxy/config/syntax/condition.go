package syntax

import (
	"fmt"
	"strings"
)

// Condition is the expression of an .if, parsed whole before it is evaluated, so that an error in its second half does
// not depend on the first.
type Condition struct {
	Environment *Environment
	Version     string   // what version_atleast and version_before compare with
	Features    []string // what feature() finds
	SSLLibrary  string   // what ssllib_name_startswith compares with
}

// Evaluate returns the truth of an expression (manual, section 2.4) in which quotes, escapes and variables stand as in a
// line of a configuration.
func (c Condition) Evaluate(text string) (truth bool, err error) {
	words, failure := lex(text, Position{}, c.Environment.Lookup, wholeText)
	if failure != nil {
		return false, fmt.Errorf("Syntax Error in condition: %s.", strings.ToUpper(failure.reason[:1])+failure.reason[1:])
	}
	expression := ""
	if len(words) > 0 {
		expression = words[0].Text
	}
	if truth, failure = c.evaluate(expression); failure != nil {
		return false, fmt.Errorf("Failed to evaluate condition: %s", failure.reason)
	}
	return truth, nil
}

// evaluate returns the truth of an expression without quotes. The offset of an error counts from 0.
func (c Condition) evaluate(text string) (bool, *lexError) {
	p := &conditionParser{Condition: c, text: text}
	switch p.skipSpace(); {
	case text == "":
		return false, nil
	case p.next == len(text):
		return false, &lexError{0, fmt.Sprintf("unparsable conditional sub-expression '%s'", text)}
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
	start := p.next
	truth, err := p.and()
	for err == nil && p.accept("||") {
		if p.next == len(p.text) {
			return false, p.unparsable(start)
		}
		var right bool
		right, err = p.and()
		truth = truth || right
	}
	return truth, err
}

// and parses: term { "&&" term }
func (p *conditionParser) and() (bool, *lexError) {
	truth, err := p.term()
	for operator := p.next; err == nil && p.accept("&&"); operator = p.next {
		if p.next == len(p.text) {
			return false, p.unparsable(operator)
		}
		var right bool
		right, err = p.term()
		truth = truth && right
	}
	return truth, err
}

// unparsable is the error of what starts at the offset.
func (p *conditionParser) unparsable(start int) *lexError {
	return &lexError{start, fmt.Sprintf("unparsable conditional expression '%s'", p.text[start:])}
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
		if p.next == len(p.text) {
			return false, p.unparsable(start)
		}
		truth, err := p.or()
		if err == nil && !p.accept(")") {
			err = &lexError{open, fmt.Sprintf("expected ')' after conditional expression '%s'", p.text[open:])}
		}
		return truth, err
	}
	if truth, n := leadingInteger(p.text[p.next:]); n > 0 {
		p.next += n
		return truth, nil
	}
	name := p.text[p.next : p.next+span(p.text[p.next:], isNameByte)]
	predicate, known := predicates[name]
	if !known {
		return false, p.unparsable(start)
	}
	p.next += len(name)
	arguments := make([]string, predicate.arity)
	if p.next < len(p.text) && p.text[p.next] == '(' {
		if err := p.arguments(name, arguments); err != nil {
			return false, err
		}
	} else if predicate.arity > 1 {
		return false, &lexError{p.next, missingArgument(name, 1, predicate.arity)}
	}
	return predicate.holds(p.Condition, arguments), nil
}

// leadingInteger reads an integer as C does: with a sign, in octal behind a 0 and in hexadecimal behind 0x. It returns
// whether it is not zero, and how many bytes it has, 0 without any.
func leadingInteger(text string) (nonzero bool, n int) {
	start := span(text[:min(len(text), 1)], func(c byte) bool { return c == '+' || c == '-' })
	in := isDigit
	switch digits := text[start:]; {
	case len(digits) > 2 && digits[0] == '0' && digits[1]|0x20 == 'x' && isHexDigit(digits[2]):
		start, in = start+len("0x"), isHexDigit
	case strings.HasPrefix(digits, "0"):
		in = func(c byte) bool { return '0' <= c && c <= '7' }
	}
	count := span(text[start:], in)
	if count == 0 {
		return false, 0
	}
	return strings.Trim(text[start:start+count], "0") != "", start + count
}

// arguments fills the list in parentheses into values.
func (p *conditionParser) arguments(name string, values []string) *lexError {
	// HAProxy counts these from 1 and from 0: with one argument or two, either gives this number.
	where := fmt.Sprintf("in argument 1 of predicate '%s' used in conditional expression", name)
	for i := range values {
		p.next++ // the parenthesis or the comma
		values[i] = p.argument()
		switch last := i == len(values)-1; {
		case !last && (p.next == len(p.text) || p.text[p.next] == ')'):
			return &lexError{p.next, missingArgument(name, i+1, len(values))}
		case p.next == len(p.text):
			return &lexError{p.next, "expected ')' " + where}
		case last && p.text[p.next] == ',':
			return &lexError{p.next, fmt.Sprintf("expected ')' before '%s' %s", p.text[p.next:], where)}
		}
	}
	p.next++
	return nil
}

func missingArgument(name string, got, want int) string {
	return fmt.Sprintf("missing arguments (got %d/%d), type 'string' expected in argument 1 of predicate '%s' used in conditional expression", got, want, name)
}

// argument reads up to an unquoted comma or parenthesis. Quotes and escapes are those of a line, but for "\#", "\$" and
// "\x": they were resolved with the line.
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
			if escaped, known := argumentEscapes[p.text[p.next+1]]; known {
				p.next++
				c = escaped
			}
			value.WriteByte(c)
		default:
			value.WriteByte(c)
		}
	}
	return value.String()
}

var argumentEscapes = map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', ' ': ' ', '\\': '\\', '"': '"', '\'': '\''}
