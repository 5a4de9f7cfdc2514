package rule

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// wait-for-body time <time> [at-least <bytes>]
func waitForBody(p *parser) (action, error) {
	if p.WaitForBody == nil {
		p.at = 0
		return nil, errors.New("bodies cannot be waited for here")
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

// unit is the suffix of a quantity. Lists of units are in the order in which suffixes are tried.
type unit struct {
	suffix string
	factor int64
}

var (
	timeUnits = []unit{
		{"us", int64(time.Microsecond)}, {"ms", int64(time.Millisecond)}, {"s", int64(time.Second)},
		{"m", int64(time.Minute)}, {"h", int64(time.Hour)}, {"d", 24 * int64(time.Hour)}, {"", int64(time.Millisecond)},
	}
	sizeUnits = []unit{{"k", 1 << 10}, {"m", 1 << 20}, {"g", 1 << 30}, {"", 1}}
)

func (p *parser) time() (time.Duration, error) {
	n, err := p.quantity("a time", timeUnits)
	return time.Duration(n), err
}

func (p *parser) size() (int64, error) { return p.quantity("a size", sizeUnits) }

// quantity takes the next word as a number with a unit.
func (p *parser) quantity(what string, units []unit) (int64, error) {
	word, err := p.word(what)
	if err != nil {
		return 0, err
	}
	for _, u := range units {
		digits, ok := strings.CutSuffix(strings.ToLower(word), u.suffix)
		if !ok {
			continue
		}
		if n, err := strconv.ParseUint(digits, 10, 63); err == nil && int64(n) <= math.MaxInt64/u.factor {
			return int64(n) * u.factor, nil
		}
	}
	p.at--
	return 0, fmt.Errorf("'%s' is not %s", word, what)
}
