package syntax

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Reader turns configuration files into sections.
type Reader struct {
	Condition // what .if asks, and the environment that words are expanded from and that setenv changes

	diags    *Diagnostics
	sections []Section
	at       Position // of the line that is read
	blocks   []block  // the .if blocks that are open
}

// negatable are the keywords that "no" and "default" may stand before.
var negatable = []string{"option", "log", "busy-polling", "set-dumpable", "strict-limits", "insecure-fork-wanted", "numa-cpu-mapping"}

// Read returns the sections of the sources. It carries out what steers the reading itself: variables, conditional
// blocks, messages, and the statements of global sections that change the environment, since what follows depends on
// them. Everything wrong goes to diags, and reading goes on behind it.
func (r *Reader) Read(sources []Source, diags *Diagnostics) []Section {
	r.diags = diags
	for _, source := range sources {
		diags.files = append(diags.files, source.Name)
	}
	for _, source := range sources {
		r.readFile(source)
	}
	return r.sections
}

func (r *Reader) readFile(source Source) {
	r.at, r.blocks = Position{File: source.Name}, nil
	first := len(r.sections)
	for text := source.Text; len(text) > 0; {
		line, rest, complete := bytes.Cut(text, []byte("\n"))
		text = rest
		r.at.Line++
		r.readLine(strings.TrimSuffix(string(line), "\r"), len(r.sections) > first)
		if !complete {
			r.diags.lexicalf(r.at, "Missing LF on last line, file might have been truncated at position %d.", len(line)+1)
		}
	}
	if len(r.blocks) > 0 {
		r.diags.lexicalf(r.at, "non-terminated '.if' block.")
	}
}

// readLine reads one line; inSection says whether this file opened a section before.
func (r *Reader) readLine(line string, inSection bool) {
	trimmed := strings.TrimLeft(line, " \t")
	if strings.HasPrefix(trimmed, ".") {
		r.directive(line, trimmed)
		return
	}
	if r.skipping() {
		return
	}
	words, err := lex(line, r.at, r.lookup, intoWords)
	if err != nil {
		r.lexError(err.offset, err.reason, line, err.offset)
		return
	}
	if len(words) > 0 {
		r.statement(Statement{Words: words}, inSection)
	}
}

// lexError reports what is wrong at shown[caret], and draws an arrow below it. HAProxy counts some positions in the line
// and others in a part of it, hence the separate offset.
func (r *Reader) lexError(offset int, reason, shown string, caret int) {
	at := r.at
	at.Column = caret + 1
	trimmed := strings.TrimLeft(shown, " \t")
	indent := 2 + caret - (len(shown) - len(trimmed))
	r.diags.lexicalf(at, "%s at position %d:\n  %s\n%*s^", reason, offset+1, trimmed, max(indent, 0), "")
}

// statement files s under its section.
func (r *Reader) statement(s Statement, inSection bool) {
	if keyword := s.Keyword(); keyword == "no" || keyword == "default" {
		if len(s.Words) < 2 || !slices.Contains(negatable, s.Words[1].Text) {
			r.diags.lexicalf(s.At(), "negation/default currently supported only for %s and %s.",
				strings.Replace(strings.Join(negatable[:len(negatable)-1], ", "), "option", "options", 1), negatable[len(negatable)-1])
			return
		}
		s = Statement{Words: s.Words[1:], Negation: keyword}
	}
	if slices.Contains(sectionKeywords, s.Keyword()) {
		r.sections = append(r.sections, Section{Header: s})
		return
	}
	if !inSection {
		r.diags.lexicalf(s.At(), "unknown keyword '%s' out of section.", s.Keyword())
		return
	}
	section := &r.sections[len(r.sections)-1]
	if section.Header.Keyword() == "global" {
		if applied, reason := r.Environment.Apply(s); applied {
			if reason != "" {
				r.diags.lexicalf(s.At(), "%s", reason)
			}
			return
		}
	}
	section.Statements = append(section.Statements, s)
}

// lookup returns an environment variable, or a pseudo-variable (manual, section 2.3).
func (r *Reader) lookup(name string) (string, bool) {
	switch name {
	case ".FILE":
		return r.at.File, true
	case ".LINE":
		return fmt.Sprint(r.at.Line), true
	case ".SECTION":
		if len(r.sections) == 0 {
			return "", true
		}
		header := r.sections[len(r.sections)-1].Header
		return header.Words[min(1, len(header.Words)-1)].Text, true
	}
	return r.Environment.Lookup(name)
}
