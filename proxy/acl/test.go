package acl

import (
	"errors"
	"fmt"
	"strings"

	"tidelock/proxy/nearest"
	"tidelock/proxy/sample"
	"tidelock/proxy/value"
)

// test compares the samples of an expression with patterns. It is immutable.
type test struct {
	expression *sample.Expression
	match      matcher
}

// holds reports whether one of the samples matches. What does not exist in the current phase has no samples, even if
// memory of it is still there.
func (t *test) holds(c *sample.Context) bool {
	if !t.expression.AvailableIn(c.Phase) {
		return false
	}
	c.Cursor = sample.Cursor{}
	for {
		v, done := t.expression.Next(c, &c.Cursor)
		if done {
			return false
		}
		if v.Valid() && t.match(c, v) {
			return true
		}
	}
}

// compileTest compiles "<criterion> [flags] [operator] [<value>] ...".
//
// Errors are of type *sample.Error.
func compileTest(k *sample.Compiler, words []string) (*test, error) {
	if len(words) == 0 {
		return nil, &sample.Error{Text: "missing fetch method in ACL"}
	}
	criterion, implied := resolve(words[0])
	e, n, err := k.Parse(append([]string{criterion}, words[1:]...))
	if err != nil {
		if e := err.(*sample.Error); e.Word == 0 {
			e.Offset = min(e.Offset, len(words[0]))
		}
		return nil, err
	}
	p := patternParser{compiler: k, words: words, at: n, method: implied}
	if err := p.parse(); err != nil {
		return nil, &sample.Error{Word: min(p.at, len(words)-1), Text: err.Error()}
	}
	if p.method == "" {
		if p.method = defaultMethods[e.Output()]; p.method == "" {
			return nil, &sample.Error{Text: fmt.Sprintf("'%s' yields type '%s', which needs a matching method: use -m", words[0], e.Output())}
		}
	}
	if len(p.patterns) == 0 && !p.ended && p.method != "found" && p.method != "bool" {
		k.Warnf("ACL '%s' has no pattern and never matches; add '--' if that is meant, or use '-m found' to test for presence", words[0])
	}
	match, err := methods[p.method](p.patterns)
	var faulty patternError
	if errors.As(err, &faulty) {
		return nil, &sample.Error{Word: faulty.word, Text: faulty.Error()}
	}
	return &test{e, match}, err
}

var defaultMethods = map[value.Kind]string{
	value.Boolean: "bool", value.Integer: "int", value.Address: "ip", value.String: "str", value.Method: "meth",
}

// resolve turns a keyword that implies a method, such as hdr_end(host), into its fetch and that method.
func resolve(criterion string) (fetch, method string) {
	end := strings.IndexAny(criterion, "(,")
	if end < 0 {
		end = len(criterion)
	}
	k, ok := keywords[criterion[:end]]
	if !ok {
		return criterion, ""
	}
	rest := criterion[end:]
	if hasConverter(rest) {
		k.method = ""
	}
	return k.fetch + rest, k.method
}

// hasConverter reports whether a comma follows the arguments.
func hasConverter(rest string) bool {
	if !strings.HasPrefix(rest, "(") {
		return rest != "" && rest != ","
	}
	closing := strings.LastIndexByte(rest, ')')
	return strings.Contains(rest[:closing+1], "),") || len(rest) > closing+2
}

// patternParser reads flags and patterns.
type patternParser struct {
	compiler *sample.Compiler
	words    []string
	at       int
	method   string
	fold     bool
	ended    bool // by "--"
	patterns []pattern
}

// parse reads flags up to the first word that is none. From there on even "-i" is a pattern.
func (p *patternParser) parse() error {
	for ; p.at < len(p.words) && !p.ended && strings.HasPrefix(p.words[p.at], "-"); p.at++ {
		if err := p.flag(p.words[p.at]); err != nil {
			return err
		}
	}
	for ; p.at < len(p.words); p.at++ {
		p.patterns = append(p.patterns, pattern{p.words[p.at], p.fold, p.at})
	}
	return nil
}

func (p *patternParser) flag(word string) error {
	switch word {
	case "--":
		p.ended = true
	case "-i":
		p.fold = true
	case "-n":
		// Names are never resolved.
	case "-m":
		p.at++
		if p.at == len(p.words) {
			return errors.New("-m expects a matching method")
		}
		if methods[p.words[p.at]] == nil {
			return nearest.Unknown("matching method", p.words[p.at], methods)
		}
		if len(p.patterns) > 0 {
			return errors.New("-m must precede the patterns")
		}
		p.method = p.words[p.at]
	case "-f":
		p.at++
		if p.at == len(p.words) {
			return errors.New("-f expects a file name")
		}
		return p.load(p.words[p.at])
	default:
		return fmt.Errorf("'%s' is not a flag of ACLs (-f, -i, -m, -n); put '--' before patterns that begin with '-'", word)
	}
	return nil
}

// load reads patterns from a file, one a line. Empty lines and those that begin with '#' say nothing.
func (p *patternParser) load(name string) error {
	content, err := p.compiler.ReadFile(name)
	if err != nil {
		return fmt.Errorf("failed to open pattern file <%s>", name)
	}
	for line := range strings.Lines(string(content)) {
		line = strings.TrimRight(line, "\r\n")
		if line != "" && line[0] != '#' {
			p.patterns = append(p.patterns, pattern{strings.TrimLeft(line, " \t"), p.fold, p.at})
		}
	}
	return nil
}
