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
	var timeout time.Duration
	var atLeast int64
	usage := errors.New("expects time <time> [ at-least <bytes> ]")
	for p.more() {
		keyword := p.take()
		if keyword != "time" && keyword != "at-least" {
			p.at--
			return nil, usage
		}
		if !p.more() {
			return nil, fmt.Errorf("missing argument for '%s'", keyword)
		}
		var err error
		if keyword == "time" {
			timeout, err = syntax.ParseTime(p.words[p.at], time.Millisecond)
		} else {
			var n uint64
			n, err = syntax.ParseSize(p.words[p.at])
			atLeast = int64(n)
		}
		if err != nil {
			return nil, fmt.Errorf("invalid argument '%s' for '%s' (%w)", p.words[p.at], keyword, err)
		}
		p.at++
	}
	if timeout == 0 {
		return nil, usage
	}
	return func(c *sample.Context) stream.Verdict {
		input := c.Stream.RequestInput
		if current(c) == c.Stream.Response {
			input = c.Stream.ResponseInput
		}
		if input == nil {
			return stream.Continue
		}
		return input.Await(timeout, atLeast)
	}, nil
}
