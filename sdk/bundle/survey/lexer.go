package survey

import "strings"

// tokenKind says what a token is.
type tokenKind uint8

const (
	symbol tokenKind = iota // punctuation and operators, one byte each
	name                    // identifiers and reserved words
	number
	text // a string; its value is in text when constant
)

// token is a word of Lua.
type token struct {
	kind     tokenKind
	text     string
	constant bool // of a string: text is its value; false where an escape stands in it
	line     int
}

// lexer cuts a script into tokens. What is not Lua gives tokens, too: whoever loads the script will say that.
type lexer struct {
	source string
	at     int
	line   int
}

func tokens(source []byte) []token {
	l := lexer{source: string(source), line: 1}
	if strings.HasPrefix(l.source, "#") {
		l.skipLine()
	}
	var list []token
	for {
		t, more := l.next()
		if !more {
			return list
		}
		list = append(list, t)
	}
}

func (l *lexer) skipLine() {
	end := strings.IndexByte(l.source[l.at:], '\n')
	if end < 0 {
		l.at = len(l.source)
		return
	}
	l.at += end
}

// skipBlank passes white space and comments.
func (l *lexer) skipBlank() {
	for l.at < len(l.source) {
		switch c := l.source[l.at]; {
		case c == '\n':
			l.line++
			l.at++
		case c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v':
			l.at++
		case strings.HasPrefix(l.source[l.at:], "--"):
			l.at += 2
			if _, long := l.longBracket(); !long {
				l.skipLine()
			}
		default:
			return
		}
	}
}

func (l *lexer) next() (token, bool) {
	l.skipBlank()
	if l.at >= len(l.source) {
		return token{}, false
	}
	line := l.line
	switch c := l.source[l.at]; {
	case isLetter(c):
		return token{kind: name, text: l.run(func(c byte) bool { return isLetter(c) || isDigit(c) }), line: line}, true
	case isDigit(c):
		return token{kind: number, text: l.run(func(c byte) bool { return isLetter(c) || isDigit(c) || c == '.' }), line: line}, true
	case c == '"' || c == '\'':
		value, constant := l.quoted(c)
		return token{text, value, constant, line}, true
	case c == '[':
		if value, long := l.longBracket(); long {
			return token{text, value, true, line}, true
		}
	}
	l.at++
	return token{kind: symbol, text: l.source[l.at-1 : l.at], line: line}, true
}

// run takes the bytes that belong to a word.
func (l *lexer) run(belongs func(byte) bool) string {
	start := l.at
	for l.at < len(l.source) && belongs(l.source[l.at]) {
		l.at++
	}
	return l.source[start:l.at]
}

func (l *lexer) quoted(quote byte) (value string, constant bool) {
	l.at++
	start, constant := l.at, true
	for l.at < len(l.source) {
		switch l.source[l.at] {
		case quote:
			l.at++
			return l.source[start : l.at-1], constant
		case '\\':
			constant = false
			l.at++
			if l.at < len(l.source) && l.source[l.at] == '\n' {
				l.line++
			}
		case '\n': // not closed
			return "", false
		}
		l.at++
	}
	l.at = len(l.source)
	return "", false
}

// longBracket takes [[...]] or [==[...]==], if one stands here.
func (l *lexer) longBracket() (value string, long bool) {
	rest := l.source[l.at:]
	if !strings.HasPrefix(rest, "[") {
		return "", false
	}
	level := len(rest[1:]) - len(strings.TrimLeft(rest[1:], "="))
	if len(rest) < level+2 || rest[level+1] != '[' {
		return "", false
	}
	body := rest[level+2:]
	closing := "]" + strings.Repeat("=", level) + "]"
	end := strings.Index(body, closing)
	if end < 0 {
		end = len(body)
		closing = ""
	}
	l.line += strings.Count(body[:end], "\n")
	l.at += level + 2 + end + len(closing)
	return strings.TrimPrefix(strings.TrimPrefix(body[:end], "\r"), "\n"), true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' }
