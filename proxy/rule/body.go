package rule

import (
	"errors"
	"fmt"
	"time"

	"tidelock/proxy/config/syntax"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// wait-for-body time <time> [at-least <bytes>]
func waitForBody(p *parser) (action, error) {
	if p.WaitForBody == nil {
		p.at = 0
		return nil, errors.New("'wait-for-body' is not supported yet by this version")
	}
	var timeout time.Duration
	var atLeast int64
	for p.more() {
		keyword := p.words[p.at]
		p.at++
		var err error
		switch keyword {
		case "time":
			timeout, err = p.time()
		case "at-least":
			atLeast, err = p.size()
		default:
			p.at--
			err = fmt.Errorf("expected 'time' or 'at-least', but got '%s'", keyword)
		}
		if err != nil {
			return nil, err
		}
	}
	if timeout == 0 {
		return nil, errors.New("expected 'time' and how long to wait")
	}
	wait := p.WaitForBody
	return func(c *sample.Context) stream.Verdict { return wait(c.Stream, timeout, atLeast) }, nil
}

// time takes the next word as a time.
func (p *parser) time() (time.Duration, error) {
	return quantity(p, "a time", func(word string) (time.Duration, error) { return syntax.ParseTime(word, time.Millisecond) })
}

// size takes the next word as a number of bytes.
func (p *parser) size() (int64, error) {
	n, err := quantity(p, "a size", syntax.ParseSize)
	return int64(n), err
}

// quantity takes the next word as a number with a unit.
func quantity[T any](p *parser, what string, parse func(string) (T, error)) (T, error) {
	word, err := p.word(what)
	if err != nil {
		return *new(T), err
	}
	n, err := parse(word)
	if err != nil {
		p.at--
		err = fmt.Errorf("'%s' is not %s: %w", word, what, err)
	}
	return n, err
}
