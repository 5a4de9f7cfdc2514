package pattern

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strings"

	"tidelock/proxy/value"
)

// treeStructure finds strings, whole or by their beginning, in as many steps as they have bytes.
type treeStructure struct {
	root   node
	lookup func(root *node, text []byte) *Entry
	fold   bool
}

func exactly(root *node, text []byte) *Entry { return root.exact(text) }

func beginning(root *node, text []byte) *Entry { return root.longest(text) }

func arrangeTree(lookup func(root *node, text []byte) *Entry) func([]*Entry, bool, Resolver) (structure, error) {
	return func(entries []*Entry, fold bool, _ Resolver) (structure, error) {
		s := &treeStructure{lookup: lookup, fold: fold}
		items := make([]keyed, len(entries))
		for i, e := range entries {
			items[i] = keyed{s.key(e), e}
		}
		s.root = buildTree(items)
		return s, nil
	}
}

func (s *treeStructure) key(e *Entry) string {
	if s.fold {
		return foldCase(e.key)
	}
	return e.key
}

func (s *treeStructure) find(v value.Value) *Entry { return s.lookup(&s.root, v.Data) }

func (s *treeStructure) with(e *Entry) (structure, error) {
	return &treeStructure{s.root.with(s.key(e), e), s.lookup, s.fold}, nil
}

func (s *treeStructure) without(e *Entry) structure {
	return &treeStructure{s.root.without(s.key(e), e), s.lookup, s.fold}
}

// findKey implements keyFinder.
func (s *treeStructure) findKey(key string) (found []*Entry) {
	for n, rest := &s.root, key; n != nil && strings.HasPrefix(rest, n.prefix); {
		if rest = rest[len(n.prefix):]; rest == "" {
			if n.first == nil {
				return nil
			}
			found = append(found, n.first)
			if n.others != nil {
				found = append(found, *n.others...)
			}
			return found
		}
		n, rest = n.next(rest[0]), rest[1:]
	}
	return nil
}

// foldCase returns s with its ASCII letters in lower case.
func foldCase(s string) string {
	b := []byte(s)
	foldBytes(b)
	return string(b)
}

func foldBytes(b []byte) {
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
}

// The delimiters of -m dir and -m dom.
const (
	slashes = "/"
	domains = "./:?"
)

func parseText(text string) ([]byte, error) { return []byte(text), nil }

func parseDelimited(delimiters string) func(string) ([]byte, error) {
	return func(text string) ([]byte, error) { return []byte(strings.Trim(text, delimiters)), nil }
}

func endsWith(pattern []byte, v value.Value) bool { return bytes.HasSuffix(v.Data, pattern) }

func contains(pattern []byte, v value.Value) bool { return bytes.Contains(v.Data, pattern) }

// delimited returns what reports whether a pattern stands between delimiters, or at the ends of the sample.
func delimited(delimiters string) func([]byte, value.Value) bool {
	isDelimiter := func(c byte) bool { return strings.IndexByte(delimiters, c) >= 0 }
	return func(pattern []byte, v value.Value) bool {
		b := v.Data
		if len(pattern) == 0 {
			return len(b) == 0
		}
		for from := 0; ; {
			i := bytes.Index(b[from:], pattern)
			if i < 0 {
				return false
			}
			start := from + i
			end := start + len(pattern)
			if (start == 0 || isDelimiter(b[start-1])) && (end == len(b) || isDelimiter(b[end])) {
				return true
			}
			from = start + 1
		}
	}
}

// parseHex reads a data block.
func parseHex(text string) ([]byte, error) {
	b, err := hex.DecodeString(text)
	if invalid, ok := err.(hex.InvalidByteError); ok {
		return nil, fmt.Errorf("an hex digit is expected (found '%c')", byte(invalid))
	}
	if err != nil {
		return nil, fmt.Errorf("an even number of hex digit is expected")
	}
	return b, nil
}

func equalBytes(pattern []byte, v value.Value) bool { return bytes.Equal(v.Data, pattern) }
