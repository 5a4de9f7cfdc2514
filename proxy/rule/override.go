package rule

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"tidelock/proxy/config/syntax"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

// set-timeout {server|tunnel} {<timeout>|<expr>}
func setTimeout(p *parser) (action, error) {
	if !p.has(2) {
		return nil, exactly(2, "arguments")
	}
	if !p.HasBackend {
		return nil, fmt.Errorf("proxy '%s' has no backend capability", p.Samples.Proxy.Name)
	}
	var field func(o *stream.Overrides) *time.Duration
	which := p.take()
	switch which {
	case "server":
		field = func(o *stream.Overrides) *time.Duration { return &o.ServerTimeout }
	case "tunnel":
		field = func(o *stream.Overrides) *time.Duration { return &o.TunnelTimeout }
	default:
		p.at--
		return nil, fmt.Errorf("'set-timeout' rule supports 'server'/'tunnel' (got '%s')", which)
	}
	if d, err := syntax.ParseTime(p.words[p.at], time.Millisecond); err == nil {
		if p.at++; d <= 0 {
			return nil, fmt.Errorf("null value is not valid for a 'set-timeout %s' rule", which)
		}
		return func(c *sample.Context) stream.Verdict {
			*field(&c.Stream.Overrides) = d
			return stream.Continue
		}, nil
	}
	e, err := p.expression()
	if err != nil {
		return nil, err
	}
	return func(c *sample.Context) stream.Verdict {
		if n, ok := integer(c, e); ok && n > 0 && n < int64(1<<31) {
			*field(&c.Stream.Overrides) = time.Duration(n) * time.Millisecond
		}
		return stream.Continue
	}, nil
}

// integer evaluates e as a number.
func integer(c *sample.Context, e *sample.Expression) (int64, bool) {
	v := e.Eval(c).Cast(value.Integer, &c.Scratch)
	return v.Int, v.Valid()
}

// The bounds of priorities: what the queue's order has bits for.
const (
	maxPriorityClass  = 2047
	maxPriorityOffset = 524287
)

// set-priority-class <expr>
func setPriorityClass(p *parser) (action, error) {
	return p.priority(SetPriorityClass)
}

// set-priority-offset <expr>
func setPriorityOffset(p *parser) (action, error) {
	return p.priority(SetPriorityOffset)
}

// SetPriorityClass gives the exchange a class in queues, as near to n as there is one.
func SetPriorityClass(s *stream.Stream, n int64) {
	s.Overrides.PriorityClass = int(max(-maxPriorityClass, min(n, maxPriorityClass)))
}

// SetPriorityOffset gives the exchange an offset in queues, as near to n milliseconds as there is one.
func SetPriorityOffset(s *stream.Stream, n int64) {
	s.Overrides.PriorityOffset = int(max(-maxPriorityOffset, min(n, maxPriorityOffset)))
}

func (p *parser) priority(set func(*stream.Stream, int64)) (action, error) {
	e, err := p.expression()
	if err != nil {
		return nil, err
	}
	return func(c *sample.Context) stream.Verdict {
		if n, ok := integer(c, e); ok {
			set(c.Stream, n)
		}
		return stream.Continue
	}, nil
}

// severities are syslog's, in their order.
var severities = []string{"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"}

// set-log-level {<level>|silent}
func setLogLevel(p *parser) (action, error) {
	malformed := errors.New("expects exactly 1 argument (log level name or 'silent')")
	if !p.more() {
		return nil, malformed
	}
	word := p.take()
	level := stream.Silent
	if severity := slices.Index(severities, word); severity >= 0 {
		level = stream.LevelOf(severity)
	} else if word != "silent" {
		p.at--
		return nil, malformed
	}
	return func(c *sample.Context) stream.Verdict {
		c.Stream.Overrides.LogLevel = level
		return stream.Continue
	}, nil
}

// set-nice <nice>: goroutines have no priorities, so that there is nothing to do. HAProxy reads any text as a number.
func setNice(p *parser) (action, error) {
	if !p.more() {
		return nil, errors.New("expects exactly 1 argument (integer value)")
	}
	p.at++
	return always(stream.Continue), nil
}

// disable-l7-retry
func disableReplay(*parser) (action, error) {
	return func(c *sample.Context) stream.Verdict {
		c.Stream.Overrides.NoReplay = true
		return stream.Continue
	}, nil
}

// unsigned takes the next word as a number in decimal, octal or hexadecimal.
func (p *parser) unsigned() (int, error) {
	if !p.more() {
		return 0, errors.New("expects exactly 1 argument (integer/hex value)")
	}
	word := p.take()
	n, err := strconv.ParseUint(word, 0, 32)
	if err != nil {
		p.at--
		return 0, fmt.Errorf("invalid character starting at '%s' (integer/hex value expected)", word)
	}
	return int(n), nil
}
