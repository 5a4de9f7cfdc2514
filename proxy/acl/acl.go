// Package acl decides conditions: tests of samples against patterns, named or anonymous, combined with and, or and not
// (HAProxy's manual, sections 7.1 and 7.2). Everything is compiled when the configuration is loaded.
package acl

import (
	"fmt"
	"maps"

	"tidelock/proxy/nearest"
	"tidelock/proxy/sample"
)

// Set holds the named ACLs of one proxy. The zero value is empty. It is filled and used while a configuration is loaded,
// by one goroutine.
type Set struct {
	named map[string]*list
}

// list is an ACL: it holds when one of its tests does.
type list struct {
	tests []*test
}

// Add compiles an ACL declaration "<name> <criterion> [flags] [<value>] ..." and adds it, or its test to the ACL that
// already has the name.
//
// Errors are of type *sample.Error; words count from the name.
func (s *Set) Add(k *sample.Compiler, words []string) error {
	if len(words) == 0 || !isName(words[0]) {
		return &sample.Error{Text: "an ACL's name consists of letters, digits, '-', '_', '.' and ':'"}
	}
	t, err := compileTest(k, words[1:])
	if err != nil {
		return shift(err, 1)
	}
	l := s.named[words[0]]
	if l == nil {
		l = &list{}
		s.keep(words[0], l)
	}
	l.tests = append(l.tests, t)
	return nil
}

func isName(name string) bool {
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '-', c == '_', c == '.', c == ':':
		default:
			return false
		}
	}
	return name != ""
}

// find returns the ACL called name, declared or predefined. A predefined one that is used counts as declared from then on.
func (s *Set) find(k *sample.Compiler, name string) (*list, error) {
	if l := s.named[name]; l != nil {
		return l, nil
	}
	words, ok := predefined[name]
	if !ok {
		known := make(map[string]struct{}, len(s.named)+len(predefined))
		for n := range s.named {
			known[n] = struct{}{}
		}
		for n := range predefined {
			known[n] = struct{}{}
		}
		return nil, fmt.Errorf("no such ACL : '%s'%s", name, nearest.Suggestion(name, maps.Keys(known)))
	}
	t, err := compileTest(k, words)
	if err != nil {
		return nil, fmt.Errorf("predefined ACL '%s': %w", name, err)
	}
	l := &list{tests: []*test{t}}
	s.keep(name, l)
	return l, nil
}

// keep notes an ACL by its name.
func (s *Set) keep(name string, l *list) {
	if s.named == nil {
		s.named = make(map[string]*list)
	}
	s.named[name] = l
}

func (l *list) holds(c *sample.Context) bool {
	for _, t := range l.tests {
		if t.holds(c) {
			return true
		}
	}
	return false
}

// shift moves the position of an error by so many words.
func shift(err error, words int) error {
	e := err.(*sample.Error)
	e.Word += words
	return e
}
