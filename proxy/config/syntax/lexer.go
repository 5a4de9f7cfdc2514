package syntax

import (
	"fmt"
	"strings"
)

const (
	maxWords = 64      // per line, as in HAProxy
	maxLine  = 1 << 16 // bytes: longer than any real line, short enough that a wrong file is refused at once
)

// lexer cuts one line into words.
type lexer struct {
	text   string
	at     Position                    // of the line; Column is not used
	lookup func(string) (string, bool) // environment variables and pseudo-variables
	cut    cutting

	next    int // index of the next byte
	quote   int // index of the quote that is open, or -1
	words   []Word
	current strings.Builder
	started int // index at which the current word began, or -1
}

// cutting says into what a line is cut.
type cutting uint8

const (
	intoWords cutting = iota
	oneWord           // delimiters stay, as in the conditions of .if
	wholeText         // so do comments, as in the conditions of the command line
)

// lexError is what is wrong with a line, and where.
type lexError struct {
	offset int // index into the line
	reason string
}

// lex returns the words of a line.
func lex(text string, at Position, lookup func(string) (string, bool), cut cutting) ([]Word, *lexError) {
	x := &lexer{text: text, at: at, lookup: lookup, cut: cut, quote: -1, started: -1}
	if len(text) > maxLine {
		return nil, &lexError{maxLine, fmt.Sprintf("line too long, limit: %d", maxLine)}
	}
	if nul := strings.IndexByte(text, 0); nul >= 0 {
		return nil, &lexError{nul, "forbidden NUL character"}
	}
	for x.next < len(x.text) {
		if x.quote < 0 && x.text[x.next] == '#' && x.cut != wholeText {
			break
		}
		if err := x.step(); err != nil {
			return nil, err
		}
	}
	if x.quote >= 0 {
		return nil, &lexError{x.quote, "unmatched quote"}
	}
	x.end()
	if len(x.words) > maxWords {
		extra := x.words[maxWords]
		return nil, &lexError{extra.At.Column - 1, fmt.Sprintf("too many words, limit: %d", maxWords)}
	}
	return x.words, nil
}

// step consumes one character, escape, quote or variable.
func (x *lexer) step() *lexError {
	c := x.text[x.next]
	double := x.quote >= 0 && x.text[x.quote] == '"'
	single := x.quote >= 0 && !double
	switch {
	case single && c != '\'':
		x.add(string(c), 1)
	case c == '\\':
		return x.escape(double)
	case double && c == '$':
		return x.variable()
	case c == '"' || c == '\'' && !double:
		x.add("", 1) // an empty pair of quotes is a word too
		if x.quote >= 0 {
			x.quote = -1
		} else {
			x.quote = x.next - 1
		}
	case x.quote < 0 && x.cut == intoWords && (c == ' ' || c == '\t' || c == '\r'):
		x.end()
		x.next++
	default:
		x.add(string(c), 1)
	}
	return nil
}

// add appends text to the current word, starting one if need be, and consumes n bytes of the line.
func (x *lexer) add(text string, n int) {
	if x.started < 0 {
		x.started = x.next
	}
	x.current.WriteString(text)
	x.next += n
}

// end closes the current word, if there is one.
func (x *lexer) end() {
	if x.started < 0 {
		return
	}
	at := x.at
	at.Column = x.started + 1
	x.words = append(x.words, Word{Text: x.current.String(), At: at})
	x.current.Reset()
	x.started = -1
}

// escape resolves a backslash and what follows. What is no known sequence stays as it is, backslash included: that is
// what makes most regular expressions work unquoted.
func (x *lexer) escape(double bool) *lexError {
	if x.next+1 == len(x.text) {
		x.add(`\`, 1)
		return nil
	}
	switch c := x.text[x.next+1]; {
	case c == 'n':
		x.add("\n", 2)
	case c == 'r':
		x.add("\r", 2)
	case c == 't':
		x.add("\t", 2)
	case c == ' ' || c == '\\' || c == '#' || c == '"' || c == '\'' || c == '$' && double:
		x.add(string(c), 2)
	case c == 'x':
		high, low := hexDigit(x.text, x.next+2), hexDigit(x.text, x.next+3)
		if high < 0 || low < 0 || high+low == 0 {
			return &lexError{x.next, "truncated or invalid hexadecimal sequence"}
		}
		x.add(string([]byte{byte(high<<4 | low)}), 4)
	default:
		x.add(`\`, 1)
	}
	return nil
}

// hexDigit returns the value of the digit at text[i], or -1.
func hexDigit(text string, i int) int {
	if i >= len(text) {
		return -1
	}
	return strings.IndexByte("0123456789abcdef", text[i]|0x20)
}
