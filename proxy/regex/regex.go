// Package regex is the regular expressions of the configuration and of scripts: PCRE's language over bytes, as HAProxy
// has it. Patterns that RE2 can express run in linear time, whatever the input. The others, with look-around or
// back-references, run on a backtracking engine that gives up after a while.
//
// Text is bytes and not UTF-8: a dot matches one byte.
package regex

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
)

// Regexp is a compiled regular expression, safe for concurrent use.
type Regexp struct {
	text  string
	fold  bool
	whole *regexp.Regexp // nil when the pattern needs backtracking
	rest  *regexp.Regexp // whole, but ^ does not match where the text starts; equal to whole when there is no ^
	// line says that there is a $, which also matches before a line feed that ends the text.
	line         bool
	backtracking *backtracking
}

// Compile compiles a pattern. Fold ignores the case of ASCII letters.
//
// Errors: neither engine understands the pattern. The text is HAProxy's, with the pattern.
func Compile(pattern string, fold bool) (*Regexp, error) {
	r := &Regexp{text: pattern, fold: fold}
	translated, err := translate(pattern)
	if err != nil {
		return nil, invalid(pattern, err)
	}
	flags := syntax.Perl
	if fold {
		flags |= syntax.FoldCase
	}
	tree, err := syntax.Parse(translated, flags)
	if err != nil {
		if r.backtracking, err = newBacktracking(translated, fold); err != nil {
			return nil, invalid(pattern, err)
		}
		return r, nil
	}
	if r.whole, err = regexp.Compile(tree.String()); err != nil {
		return nil, invalid(pattern, err)
	}
	r.line = contains(tree, isLineEnd)
	r.rest = r.whole
	if contains(tree, isTextBegin) {
		forbid(tree, isTextBegin)
		r.rest, err = regexp.Compile(tree.String())
	}
	return r, err
}

// invalid is in HAProxy's form, but for the offset of the error, which the engines do not tell.
func invalid(pattern string, err error) error {
	reason := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
	return fmt.Errorf("regex '%s' is invalid (error=%s)", pattern, reason)
}

// String returns the pattern.
func (r *Regexp) String() string { return r.text }

// Fold reports whether r ignores case.
func (r *Regexp) Fold() bool { return r.fold }

// Match reports whether r matches text anywhere. It does not allocate, unless r needs backtracking.
func (r *Regexp) Match(text []byte) bool {
	if r.backtracking != nil {
		return r.backtracking.match(text)
	}
	if !isASCII(text) {
		b := widen(text)
		defer b.free()
		text = b.text
	}
	return r.whole.Match(text) || r.line && endsLine(text) && r.whole.Match(text[:len(text)-1])
}

// Find returns where r first matches text, or nil: pairs of offsets, first of the match and then of its groups, -1 for
// those without a part in it.
func (r *Regexp) Find(text []byte) []int { return r.find(text, r.whole, true) }

// FindRest is Find for what is left of a text: ^ does not match where it starts.
func (r *Regexp) FindRest(text []byte) []int { return r.find(text, r.rest, false) }

func (r *Regexp) find(text []byte, linear *regexp.Regexp, start bool) []int {
	if r.backtracking != nil {
		return r.backtracking.find(text, start)
	}
	if isASCII(text) {
		return r.findLinear(text, linear)
	}
	b := widen(text)
	defer b.free()
	match := r.findLinear(b.text, linear)
	for i, offset := range match {
		if offset >= 0 {
			match[i] = b.narrow(offset)
		}
	}
	return match
}

// findLinear returns the leftmost match. Of two it prefers the one that takes the final line feed in over the one that
// ends before it, as greedy patterns do.
func (r *Regexp) findLinear(text []byte, linear *regexp.Regexp) []int {
	match := linear.FindSubmatchIndex(text)
	if r.line && endsLine(text) {
		before := linear.FindSubmatchIndex(text[:len(text)-1])
		if match == nil || before != nil && before[0] < match[0] {
			return before
		}
	}
	return match
}

func endsLine(text []byte) bool { return len(text) > 0 && text[len(text)-1] == '\n' }

func isLineEnd(x *syntax.Regexp) bool {
	return x.Op == syntax.OpEndText && x.Flags&syntax.WasDollar != 0
}

func isTextBegin(x *syntax.Regexp) bool { return x.Op == syntax.OpBeginText }

func contains(tree *syntax.Regexp, is func(*syntax.Regexp) bool) bool {
	for _, sub := range tree.Sub {
		if contains(sub, is) {
			return true
		}
	}
	return is(tree)
}

// forbid makes what is found in tree match nothing.
func forbid(tree *syntax.Regexp, is func(*syntax.Regexp) bool) {
	if is(tree) {
		tree.Op = syntax.OpNoMatch
	}
	for _, sub := range tree.Sub {
		forbid(sub, is)
	}
}
