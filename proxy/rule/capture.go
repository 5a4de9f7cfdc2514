package rule

import (
	"errors"
	"fmt"
	"strconv"

	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// capture <sample> {len <length>|id <id>}
//
// In requests a length declares a slot of its own. Backends can only store in slots that frontends declared, and whether
// the frontend of an exchange has it is seen then.
func capture(p *parser) (action, error) {
	inRequest := p.Set == stream.HTTPRequest
	usage := "expects <expression> id <idx>"
	if inRequest {
		usage = "expects <expression> [ 'len' <length> | id <idx> ]"
	}
	if !p.more() {
		return nil, errors.New(usage)
	}
	e, err := p.expression()
	if err != nil {
		return nil, err
	}
	if !p.more() {
		return nil, errors.New(usage)
	}
	switch keyword := p.take(); {
	case keyword == "id":
		return p.captureIn(e, inRequest, usage)
	case !inRequest:
		p.at--
		return nil, fmt.Errorf("expects 'id', found '%s'", keyword)
	case keyword == "len":
		return p.captureNew(e, usage)
	default:
		p.at--
		return nil, fmt.Errorf("expects 'len' or 'id', found '%s'", keyword)
	}
}

// captureContent is capture for tcp-request content, where there is only a length.
func captureContent(p *parser) (action, error) {
	e, err := p.expression()
	if err != nil {
		return nil, fmt.Errorf("'tcp-request content capture' : %w", err)
	}
	if !p.accept("len") {
		return nil, errors.New("'tcp-request content capture' : a positive 'len' argument is mandatory")
	}
	act, err := p.captureNew(e, "a positive 'len' argument is mandatory")
	if err != nil {
		return nil, fmt.Errorf("'tcp-request content capture' : %w", err)
	}
	return act, nil
}

// captureNew stores in a slot of the rule's own, whose length is the next word.
func (p *parser) captureNew(e *sample.Expression, usage string) (action, error) {
	if !p.more() {
		return nil, errors.New(usage)
	}
	if p.Frontend == nil {
		return nil, fmt.Errorf("proxy '%s' has no frontend capability", p.Samples.Proxy.Name)
	}
	length, _ := strconv.Atoi(p.take())
	if length <= 0 {
		p.at--
		return nil, errors.New("length must be > 0")
	}
	slot := len(p.Frontend.RequestSlots)
	p.Frontend.RequestSlots = append(p.Frontend.RequestSlots, length)
	return func(c *sample.Context) stream.Verdict {
		if v := e.EvalString(c); v.Valid() {
			c.Stream.RequestCaptures.Set(slot, length, v.Data)
		}
		return stream.Continue
	}, nil
}

// captureIn stores in the slot whose number is the next word.
func (p *parser) captureIn(e *sample.Expression, request bool, usage string) (action, error) {
	if !p.more() {
		return nil, errors.New(usage)
	}
	slot, err := strconv.Atoi(p.take())
	if err != nil || slot < 0 {
		p.at--
		return nil, fmt.Errorf("cannot parse id '%s'", p.words[p.at])
	}
	return func(c *sample.Context) stream.Verdict {
		captures, slots := &c.Stream.RequestCaptures, c.Stream.Frontend.RequestSlots
		if !request {
			captures, slots = &c.Stream.ResponseCaptures, c.Stream.Frontend.ResponseSlots
		}
		if slot < len(slots) {
			if v := e.EvalString(c); v.Valid() {
				captures.Set(slot, slots[slot], v.Data)
			}
		}
		return stream.Continue
	}, nil
}
