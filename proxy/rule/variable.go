package rule

import (
	"strings"

	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

// variable reads the argument in parentheses: a variable and, where they are allowed, conditions.
func (p *parser) variable() (v sample.Variable, conditions sample.SetConditions, err error) {
	name, rest, _ := strings.Cut(p.argument, ",")
	if v, err = sample.Intern(name); err == nil && rest != "" {
		for condition := range strings.SplitSeq(rest, ",") {
			if err = conditions.Add(condition); err != nil {
				break
			}
		}
	}
	if err != nil {
		p.at = 0
	}
	return v, conditions, err
}

// set-var(<name>[,<cond>...]) <expr>
func setVariable(p *parser) (action, error) {
	v, conditions, err := p.variable()
	if err != nil {
		return nil, err
	}
	e, err := p.expression()
	if err != nil {
		return nil, err
	}
	return func(c *sample.Context) stream.Verdict {
		if x := e.Eval(c); x.Valid() {
			conditions.Set(c.Stream, v, x)
		}
		return stream.Continue
	}, nil
}

// set-var-fmt(<name>[,<cond>...]) <fmt>
func setVariableFormat(p *parser) (action, error) {
	v, conditions, err := p.variable()
	if err != nil {
		return nil, err
	}
	f, err := p.format("a format")
	if err != nil {
		return nil, err
	}
	return func(c *sample.Context) stream.Verdict {
		conditions.Set(c.Stream, v, value.Text(f.Eval(c)))
		return stream.Continue
	}, nil
}

// unset-var(<name>)
func unsetVariable(p *parser) (action, error) {
	v, _, err := p.variable()
	if err != nil {
		return nil, err
	}
	return func(c *sample.Context) stream.Verdict {
		v.Unset(c.Stream)
		return stream.Continue
	}, nil
}
