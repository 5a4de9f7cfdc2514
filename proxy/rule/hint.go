package rule

import (
	"tidelock/proxy/logformat"
	"tidelock/proxy/message"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// hint is one header of an interim response with status 103 (RFC 8297).
type hint struct {
	name  string
	value *logformat.Format
}

// early-hint <name> <fmt>
func earlyHint(p *parser) (action, error) {
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
	p.hint = &hint{name, f}
	return sendHints([]hint{*p.hint}), nil
}

// sendHints sends all of them in one response. They are a courtesy: what cannot be sent is left out.
func sendHints(hints []hint) action {
	return func(c *sample.Context) stream.Verdict {
		control := c.Stream.Control
		if control == nil {
			return stream.Continue
		}
		var m message.Message
		m.SetResponse(103, []byte("Early Hints"))
		for i := range hints {
			m.Add(hints[i].name, hints[i].value.Eval(c))
		}
		m.EndHeaders()
		control.SendInterim(&m) // a client that is gone is noticed where the response is sent
		return stream.Continue
	}
}

// joinHints makes one rule of hints in a row. Those after the first must have no condition, or it might not hold.
func joinHints(rules []*Rule) []*Rule {
	joined := make([]*Rule, 0, len(rules))
	for i := 0; i < len(rules); i++ {
		r := rules[i]
		if r.hint == nil {
			joined = append(joined, r)
			continue
		}
		hints := []hint{*r.hint}
		for i+1 < len(rules) && rules[i+1].hint != nil && rules[i+1].condition == nil {
			i++
			hints = append(hints, *rules[i].hint)
		}
		joined = append(joined, &Rule{condition: r.condition, act: sendHints(hints)})
	}
	return joined
}
