package acl

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tidelock/proxy/pattern"
	"tidelock/proxy/sample"
)

// patternParser reads the flags and patterns of a test (manual, section 7.1).
type patternParser struct {
	compiler *sample.Compiler
	words    []string
	at       int
	keyword  string          // the criterion without its arguments
	method   *pattern.Method // nil while none is known
	fold     bool            // -i
	noNames  bool            // -n
	pairs    bool            // -M
	number   int             // -u, -1 without
	ended    bool            // by "--"
	found    []*pattern.Index
}

// parse reads flags up to the first word that is none. From there on even "-i" is a pattern.
func (p *patternParser) parse() error {
	for ; p.at < len(p.words) && !p.ended && strings.HasPrefix(p.words[p.at], "-"); p.at++ {
		if err := p.flag(p.words[p.at]); err != nil {
			return err
		}
	}
	if p.method == nil {
		p.at = 0
		return errNoMethod(p.keyword)
	}
	if p.at == len(p.words) && len(p.found) == 0 && !p.ended && !p.method.Always {
		p.compiler.Warnf("parsing acl keyword '%s' :\n"+
			"  no pattern to match against were provided, so this ACL will never match.\n"+
			"  If this is what you intended, please add '--' to get rid of this warning.\n"+
			"  If you intended to match only for existence, please use '-m found'.\n"+
			"  If you wanted to force an int to match as a bool, please use '-m bool'.", p.keyword)
	}
	return p.inline()
}

func (p *patternParser) flag(word string) error {
	switch word {
	case "--":
		p.ended = true
	case "-i":
		p.fold = true
	case "-n":
		p.noNames = true
	case "-M":
		p.pairs = true
	case "-u":
		return p.setNumber()
	case "-m":
		return p.setMethod()
	case "-f":
		return p.load()
	default:
		return fmt.Errorf("'%s' is not a valid ACL option. Please use '--' before any pattern beginning with a '-'", word)
	}
	return nil
}

// next takes the word after a flag, which is empty when there is none.
func (p *patternParser) next() string {
	if p.at++; p.at < len(p.words) {
		return p.words[p.at]
	}
	return ""
}

func (p *patternParser) setNumber() error {
	n, err := strconv.ParseUint(p.next(), 10, 31)
	if err != nil {
		return errors.New("the argument of -u must be an integer")
	}
	p.number = int(n)
	return nil
}

func (p *patternParser) setMethod() error {
	if len(p.found) > 0 {
		return errors.New("'-m' must only be specified before patterns and files in parsing ACL expression")
	}
	name := p.next()
	if p.method = pattern.MethodNamed(name); p.method == nil {
		return fmt.Errorf("unknown matching method '%s' when parsing ACL expression", name)
	}
	return nil
}

// load takes the patterns of a file.
func (p *patternParser) load() error {
	if p.method == nil {
		p.at = 0
		return errNoMethod(p.keyword)
	}
	x, err := p.sets().ACLFile(p.next(), p.pairs, p.compiler.ReadFile, p.request())
	p.found = append(p.found, x)
	return err
}

// inline takes the patterns that stand in the configuration.
func (p *patternParser) inline() error {
	start := p.at
	patterns := p.words[start:]
	var positions []int // of the patterns among the words, where operators stand between them
	if p.method == pattern.Int || p.method == pattern.Len || p.method == pattern.Version {
		var err error
		if patterns, positions, err = withoutOperators(patterns, p.method); err != nil {
			p.at += len(positions)
			return err
		}
	}
	x, err := p.sets().Inline(p.keyword, p.number, patterns, p.request())
	var faulty *pattern.EntryError
	if errors.As(err, &faulty) {
		p.at = start + faulty.Index
		if positions != nil {
			p.at = start + positions[faulty.Index]
		}
		return faulty.Err
	}
	p.found = append(p.found, x)
	return err
}

// sets returns where patterns are kept. Conditions of what has no configuration share them with nobody.
func (p *patternParser) sets() *pattern.Sets { return cmp.Or(p.compiler.Patterns, &pattern.Sets{}) }

func (p *patternParser) request() pattern.Request {
	return pattern.Request{Method: p.method, Fold: p.fold, NoNames: p.noNames, Place: p.compiler.Place}
}
