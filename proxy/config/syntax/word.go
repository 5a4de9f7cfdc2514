package syntax

import "slices"

// Word is one word of a statement, with quotes, escapes and variables resolved.
type Word struct {
	Text string
	At   Position
}

// Statement is one line of a section: a keyword and its arguments. There is at least one word, the keyword.
type Statement struct {
	Words    []Word
	Negation string // "no" or "default" when the line started with it, else empty
}

// Keyword returns the first word.
func (s Statement) Keyword() string { return s.Words[0].Text }

// At returns the position of the keyword.
func (s Statement) At() Position { return s.Words[0].At }

// Arguments returns the words after the keyword.
func (s Statement) Arguments() []Word { return s.Words[1:] }

// Argument returns the text of the i-th argument, counted from 0, or "" when there is none.
func (s Statement) Argument(i int) string {
	if i+1 >= len(s.Words) {
		return ""
	}
	return s.Words[i+1].Text
}

// Section is a section with its statements in order.
type Section struct {
	Header     Statement // the keyword that opened it, its name and what follows
	Statements []Statement
}

// String returns the section's kind, and its name when it has one.
func (s Section) String() string {
	if name := s.Header.Argument(0); name != "" {
		return s.Header.Keyword() + " " + name
	}
	return s.Header.Keyword()
}

// Texts returns the text of each word.
func Texts(words []Word) []string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = w.Text
	}
	return texts
}

// sectionKeywords open a section wherever they stand.
var sectionKeywords = []string{
	"global", "defaults", "frontend", "backend", "listen", "userlist", "peers", "resolvers", "mailers", "program",
	"http-errors", "cache", "ring", "fcgi-app", "log-forward",
}

// SectionKeywords returns the keywords that open a section.
func SectionKeywords() []string { return slices.Clone(sectionKeywords) }
