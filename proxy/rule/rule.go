// Package rule runs what configurations say with http-request, http-response, http-after-response, tcp-request and
// tcp-response: lists of actions with conditions, compiled when the configuration is loaded.
//
// Actions are rows of a registry. A new one is a function that compiles its arguments and a row.
package rule

import (
	"tidelock/proxy/acl"
	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
)

// Rule is a compiled rule. It is immutable.
type Rule struct {
	condition *acl.Condition
	act       action
	hint      *hint // of an early-hint rule
	final     bool  // the action ends the evaluation
	place     stream.Place
}

// Last reports whether no rule after this one can run.
func (r *Rule) Last() bool { return r.final && r.condition == nil }

// action does its work on the exchange of c and says how that goes on.
type action func(c *sample.Context) stream.Verdict

// Chain is the rules of one rule set in their order. It is immutable and may run for many exchanges at once.
type Chain struct {
	phase sample.Phase
	rules []*Rule
}

// NewChain returns a chain of rules, which were all compiled for set.
func NewChain(set stream.RuleSet, rules []*Rule) *Chain {
	return &Chain{sample.PhaseOf(set), joinHints(rules)}
}

// Run evaluates the rules until one ends the evaluation. It returns Continue when none did, and Wait when a condition
// cannot be decided before more input came.
func (l *Chain) Run(s *stream.Stream) stream.Verdict {
	if len(l.rules) == 0 {
		return stream.Continue
	}
	c := sample.Acquire(s, l.phase)
	defer c.Release()
	return l.run(c)
}

func (l *Chain) run(c *sample.Context) stream.Verdict {
	fatal := true // whether a change that is refused ends the exchange
	for _, r := range l.rules {
		holds, undecided := r.condition.Decide(c)
		if undecided {
			return stream.Wait
		}
		if !holds {
			continue
		}
		switch verdict := r.act(c); verdict {
		case stream.Continue:
		case strict, lenient:
			fatal = verdict == strict
		case rewriteFailed:
			if fatal {
				return stream.Failed
			}
		default:
			c.Stream.LastRule = r.place
			return verdict
		}
	}
	return stream.Continue
}
