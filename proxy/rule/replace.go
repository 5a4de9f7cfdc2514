package rule

import (
	"fmt"

	"tidelock/proxy/logformat"
	"tidelock/proxy/regex"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// substitution replaces text that a regex matches with a format in which \1 stands for a group of the match.
type substitution struct {
	regex    *regex.Regexp
	format   *logformat.Format
	constant regex.Replacement // the compiled format when that is constant
}

// <match-regex> <replace-fmt>
func (p *parser) substitution() (*substitution, error) {
	text, err := p.word("a regex")
	if err != nil {
		return nil, err
	}
	s := &substitution{}
	if s.regex, err = regex.Compile(text, false); err != nil {
		p.at--
		return nil, err
	}
	if s.format, err = p.headerValue(); err != nil {
		return nil, err
	}
	if text, ok := s.format.Constant(); ok {
		s.constant = regex.ParseReplacement(string(text))
	}
	return s, nil
}

// apply appends what takes the place of text as a whole to b, or reports false when the regex does not match it.
func (s *substitution) apply(b []byte, c *sample.Context, text []byte) ([]byte, bool) {
	match := s.regex.Find(text)
	if match == nil {
		return b, false
	}
	r := s.constant
	if r == nil {
		r = regex.ParseReplacement(string(s.format.Eval(c)))
	}
	return r.Expand(b, text, match), true
}

// replace-header <name> <match-regex> <replace-fmt>
func replaceHeader(p *parser) (action, error) {
	return p.replacement(func(s *substitution, c *sample.Context, value []byte) ([]byte, bool) {
		return s.apply(nil, c, value)
	})
}

// replace-value <name> <match-regex> <replace-fmt>
func replaceValue(p *parser) (action, error) {
	return p.replacement(func(s *substitution, c *sample.Context, value []byte) (b []byte, changed bool) {
		for rest := value; rest != nil; {
			whole := rest
			var one []byte
			one, rest = sample.CutList(rest)
			end := len(whole) - len(rest)
			start := 0
			if len(one) > 0 {
				start = cap(whole) - cap(one) // the white space before it
			}
			b = append(b, whole[:start]...)
			var ok bool
			if b, ok = s.apply(b, c, one); !ok {
				b = append(b, one...)
			}
			changed = changed || ok
			b = append(b, whole[start+len(one):end]...)
		}
		return b, changed
	})
}

func (p *parser) replacement(change func(s *substitution, c *sample.Context, value []byte) ([]byte, bool)) (action, error) {
	if !p.has(3) {
		return nil, exactly(3, "arguments")
	}
	name, err := p.headerName()
	if err != nil {
		return nil, err
	}
	s, err := p.substitution()
	if err != nil {
		return nil, err
	}
	return func(c *sample.Context) stream.Verdict {
		m := current(c)
		for i := m.Find(name, -1); i >= 0; i = m.Find(name, i) {
			if b, ok := change(s, c, m.Value(i)); ok && !(isValue(b) && m.Replace(i, b)) {
				return rewriteFailed
			}
		}
		return stream.Continue
	}, nil
}

// replace-path|replace-pathq|replace-uri <match-regex> <replace-fmt>
func replaceURI(part uriPartOf) row {
	return func(p *parser) (action, error) {
		if !p.has(2) {
			return nil, exactly(2, "arguments <match-regex> and <replace-format>")
		}
		s, err := p.substitution()
		if err != nil {
			return nil, fmt.Errorf("failed to parse the regex : %w", err)
		}
		return func(c *sample.Context) stream.Verdict {
			m := c.Stream.Request
			old, ok := part.get(m)
			if !ok {
				return stream.Continue
			}
			b, ok := s.apply(nil, c, old)
			return verdict(!ok || part.change(m, b))
		}, nil
	}
}
