package rule

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"tidelock/proxy/logformat"
	"tidelock/proxy/message"
	"tidelock/proxy/regex"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// current returns the message that the rule set is about.
func current(c *sample.Context) *message.Message {
	if c.Phase == sample.HTTPResponse {
		return c.Stream.Response
	}
	return c.Stream.Request
}

// verdict tells the chain of a change that was refused: the message would become too large, or its syntax would break.
func verdict(ok bool) stream.Verdict {
	if ok {
		return stream.Continue
	}
	return rewriteFailed
}

// headerName takes the next word as the name of a header.
func (p *parser) headerName() (string, error) {
	name, err := p.word("the name of a header")
	if err == nil && !isToken(name) {
		p.at--
		return "", fmt.Errorf("'%s' is not the name of a header", name)
	}
	return strings.ToLower(name), err
}

// isToken reports whether s is a token (RFC 9110, section 5.6.2).
func isToken(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return s != ""
}

// isValue reports whether b may be the value of a header: nothing in it ends the header.
func isValue(b []byte) bool {
	return bytes.IndexByte(b, '\n') < 0 && bytes.IndexByte(b, '\r') < 0 && bytes.IndexByte(b, 0) < 0
}

// headerValue takes the next word as the format of a header's value.
func (p *parser) headerValue() (*logformat.Format, error) {
	f, err := p.format("the value of a header")
	if err == nil && !isValue([]byte(p.words[p.at-1])) {
		p.at--
		return nil, errors.New("the value of a header must not have line breaks")
	}
	return f, err
}

// set-header <name> <fmt>
func setHeader(p *parser) (action, error) {
	return p.nameAndValue((*message.Message).Set)
}

// add-header <name> <fmt>
func addHeader(p *parser) (action, error) {
	return p.nameAndValue((*message.Message).Add)
}

func (p *parser) nameAndValue(change func(m *message.Message, name string, value []byte) bool) (action, error) {
	if !p.has(2) {
		return nil, exactly(2, "arguments")
	}
	name, err := p.headerName()
	if err != nil {
		return nil, err
	}
	f, err := p.headerValue()
	if err != nil {
		return nil, err
	}
	return func(c *sample.Context) stream.Verdict {
		return verdict(change(current(c), name, f.Eval(c)))
	}, nil
}

// del-header <name> [-m str|beg|end|sub|reg]
func deleteHeader(p *parser) (action, error) {
	if !p.more() {
		return nil, errors.New("expects at least 1 argument")
	}
	name := p.take()
	var err error
	lower := []byte(strings.ToLower(name))
	matches := func(header []byte) bool { return bytes.Equal(header, lower) }
	if p.accept("-m") {
		if matches, err = p.nameMatcher(name, lower); err != nil {
			return nil, err
		}
	}
	return func(c *sample.Context) stream.Verdict {
		m := current(c)
		for i := m.First(); i >= 0; i = m.Next(i) {
			if matches(m.Name(i)) {
				m.Remove(i)
			}
		}
		return stream.Continue
	}, nil
}

func (p *parser) nameMatcher(name string, lower []byte) (func(header []byte) bool, error) {
	if !p.more() {
		return nil, errors.New("-m flag expects exactly 1 argument")
	}
	switch method := p.take(); method {
	case "str":
		return func(header []byte) bool { return bytes.Equal(header, lower) }, nil
	case "beg":
		return func(header []byte) bool { return bytes.HasPrefix(header, lower) }, nil
	case "end":
		return func(header []byte) bool { return bytes.HasSuffix(header, lower) }, nil
	case "sub":
		return func(header []byte) bool { return bytes.Contains(header, lower) }, nil
	case "reg":
		re, err := regex.Compile(name, false)
		if err != nil {
			return nil, err
		}
		return re.Match, nil
	}
	p.at--
	return nil, fmt.Errorf("-m with unsupported matching method '%s'", p.words[p.at])
}
