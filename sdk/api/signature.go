package api

import (
	"fmt"
	"strings"
)

// Parsed is a signature taken apart.
type Parsed struct {
	Kind      Kind
	Name      string
	Type      string     // of an attribute
	Arguments []Argument // of a function or method, without the object
	Results   []string   // types
}

// Argument is one argument of a function.
type Argument struct {
	Name     string // "..." for any number
	Type     string
	Optional bool
}

// Parse takes a signature apart. Errors say what is wrong with it.
func Parse(signature string) (Parsed, error) {
	p := Parsed{Kind: Function}
	rest := signature
	switch {
	case strings.HasPrefix(rest, ":"):
		p.Kind = Method
	case !strings.HasPrefix(rest, "."):
		return p, fmt.Errorf("%q begins with neither '.' nor ':'", signature)
	}
	rest = rest[1:]
	end := strings.IndexAny(rest, "(:")
	if end <= 0 {
		return p, fmt.Errorf("%q has neither arguments nor a type", signature)
	}
	p.Name = rest[:end]
	if rest[end] == ':' {
		if p.Kind == Method {
			return p, fmt.Errorf("%q is a method without arguments", signature)
		}
		p.Kind, p.Type = Attribute, strings.TrimSpace(rest[end+1:])
		return p, nil
	}
	inside, rest, closed := cutParenthesis(rest[end+1:])
	if !closed {
		return p, fmt.Errorf("%q lacks a ')'", signature)
	}
	for _, text := range list(inside) {
		name, kind, typed := strings.Cut(text, ":")
		if !typed {
			return p, fmt.Errorf("%q: argument %q has no type", signature, text)
		}
		name, optional := strings.CutSuffix(name, "?")
		p.Arguments = append(p.Arguments, Argument{name, strings.TrimSpace(kind), optional})
	}
	rest = strings.TrimSpace(rest)
	if rest == "" {
		return p, nil
	}
	results, arrow := strings.CutPrefix(rest, "->")
	if !arrow {
		return p, fmt.Errorf("%q: %q follows the arguments", signature, rest)
	}
	p.Results = list(results)
	return p, nil
}

// cutParenthesis splits what stands behind a "(" at the one that closes it: types have parentheses, too.
func cutParenthesis(text string) (inside, rest string, closed bool) {
	depth := 1
	for i, c := range text {
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return text[:i], text[i+1:], true
			}
		}
	}
	return "", "", false
}

// list splits at the commas that stand in no bracket.
func list(text string) (items []string) {
	depth, start := 0, 0
	for i, c := range text {
		switch c {
		case '(', '{', '<', '[':
			depth++
		case ')', '}', ']':
			depth--
		case '>':
			if i > 0 && text[i-1] != '-' {
				depth--
			}
		case ',':
			if depth == 0 {
				items = append(items, strings.TrimSpace(text[start:i]))
				start = i + 1
			}
		}
	}
	if last := strings.TrimSpace(text[start:]); last != "" {
		items = append(items, last)
	}
	return items
}
