package rule

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tidelock/proxy/sample"
	"tidelock/proxy/sticktable"
	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

func init() {
	register(
		entry{"sc-inc-gpc(", beforeSending, incrementCounter(sticktable.GPC)},
		entry{"sc-inc-gpc0(", beforeSending, incrementCounter(sticktable.GPC0)},
		entry{"sc-inc-gpc1(", beforeSending, incrementCounter(sticktable.GPC1)},
		entry{"sc-set-gpt(", beforeSending, setTag(sticktable.GPT)},
		entry{"sc-set-gpt0(", beforeSending, setTag(sticktable.GPT0)},
		entry{"track-sc0", trackable, track(0)},
		entry{"track-sc1", trackable, track(1)},
		entry{"track-sc2", trackable, track(2)},
	)
}

// trackable are the rule sets that can begin to track an entry.
var trackable = slices.Concat(beforeExchange, inContent, beforeReply)

// track-sc0|track-sc1|track-sc2 <key> [table <table>]
func track(counter int) row {
	return func(p *parser) (action, error) {
		key, err := p.expression()
		if err != nil {
			return nil, err
		}
		t, err := p.table(fmt.Sprintf("track-sc%d", counter))
		if err != nil {
			return nil, err
		}
		if !value.Castable(key.Output(), t.Type.Kind()) {
			return nil, fmt.Errorf("stick-table '%s' uses a type incompatible with the 'track-sc%d' rule", t.Name, counter)
		}
		set := p.Set
		return func(c *sample.Context) stream.Verdict {
			var buffer [64]byte
			if k, ok := t.AppendKey(buffer[:0], key.Eval(c), &c.Scratch); ok {
				c.Stream.Track(counter, set, t, k)
			}
			return stream.Continue
		}, nil
	}
}

// table takes "table <name>"; without it, the section's own table is meant.
func (p *parser) table(who string) (*sticktable.Table, error) {
	name := p.Samples.Proxy.Name
	if p.accept("table") {
		if !p.more() {
			return nil, errors.New("missing table name")
		}
		name, _ = p.word("the name of a table")
	}
	if t := p.Samples.Proxy.Tables.Named(name); t != nil {
		return t, nil
	}
	return nil, fmt.Errorf("unable to find table '%s' referenced by %s", name, who)
}

// element reads the argument in parentheses: which counter, for an array after which element.
func (p *parser) element(d *sticktable.DataType) (counter, index int, err error) {
	text := p.argument
	if d.IsArray() {
		var element string
		element, text, _ = strings.Cut(text, ",")
		if index, err = strconv.Atoi(element); err != nil || text == "" {
			p.at = 0
			return 0, 0, fmt.Errorf("expected an element and a counter, as in '(0,1)', but got '(%s)'", p.argument)
		}
	}
	if counter, err = strconv.Atoi(text); err != nil || counter < 0 || counter >= sticktable.Counters {
		p.at = 0
		return 0, 0, fmt.Errorf("invalid stick table track ID '%s'. The max allowed ID is %d", text, sticktable.Counters-1)
	}
	return counter, index, nil
}

// sc-inc-gpc(<index>,<counter>)
// sc-inc-gpc0|sc-inc-gpc1(<counter>)
func incrementCounter(d *sticktable.DataType) row {
	return func(p *parser) (action, error) {
		counter, index, err := p.element(d)
		if err != nil {
			return nil, err
		}
		return func(c *sample.Context) stream.Verdict {
			if e := c.Stream.Tracked(counter); e != nil {
				sticktable.Increment(e, d, index)
			}
			return stream.Continue
		}, nil
	}
}

// sc-set-gpt(<index>,<counter>) { <integer> | <expression> }
// sc-set-gpt0(<counter>) { <integer> | <expression> }
func setTag(d *sticktable.DataType) row {
	return func(p *parser) (action, error) {
		counter, index, err := p.element(d)
		if err != nil {
			return nil, err
		}
		read, err := p.number()
		if err != nil {
			return nil, err
		}
		return func(c *sample.Context) stream.Verdict {
			if e := c.Stream.Tracked(counter); e != nil {
				if v := read(c); v.Valid() {
					e.Set(d, index, uint64(v.Int))
				}
			}
			return stream.Continue
		}, nil
	}
}

// number takes an integer, or an expression that yields one. Nothing is 0.
func (p *parser) number() (func(*sample.Context) value.Value, error) {
	constant := value.Int(0)
	if p.more() {
		n, err := strconv.ParseUint(p.words[p.at], 10, 32)
		if err != nil {
			e, err := p.expression()
			if err != nil {
				return nil, err
			}
			return func(c *sample.Context) value.Value { return e.Eval(c).Cast(value.Integer, &c.Scratch) }, nil
		}
		p.at++
		constant = value.Int(int64(n))
	}
	return func(*sample.Context) value.Value { return constant }, nil
}
