package acl

import (
	"testing"

	"tidelock/proxy/sample"
	"tidelock/proxy/value"
)

// A factor that lacks input leaves its term open, unless another factor has settled it.
func TestCondition_Decide(t *testing.T) {
	constant := func(holds, incomplete bool) *list {
		get := func(c *sample.Context, _ value.Value) bool {
			c.Incomplete = incomplete
			return holds
		}
		k := &sample.Compiler{Phase: sample.TCPRequest}
		e, _, err := k.Parse([]string{"always_true"})
		if err != nil {
			t.Fatal(err)
		}
		return &list{tests: []*test{{e, get}}}
	}
	yes, no, open := constant(true, false), constant(false, false), constant(false, true)
	tests := []struct {
		name             string
		terms            [][]factor
		unless           bool
		holds, undecided bool
	}{
		{"yes", [][]factor{{{list: yes}}}, false, true, false},
		{"open", [][]factor{{{list: open}}}, false, false, true},
		{"not open", [][]factor{{{list: open, negate: true}}}, false, false, true},
		{"open and no", [][]factor{{{list: open}, {list: no}}}, false, false, false},
		{"yes and open", [][]factor{{{list: yes}, {list: open}}}, false, false, true},
		{"open or yes", [][]factor{{{list: open}}, {{list: yes}}}, false, true, false},
		{"open or no", [][]factor{{{list: open}}, {{list: no}}}, false, false, true},
		{"unless open", [][]factor{{{list: open}}}, true, true, true},
		{"unless yes", [][]factor{{{list: yes}}}, true, false, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := sample.Acquire(nil, sample.TCPRequest)
			defer c.Release()
			holds, undecided := (&Condition{unless: test.unless, terms: test.terms}).Decide(c)
			if holds != test.holds || undecided != test.undecided {
				t.Errorf("got %t, undecided %t", holds, undecided)
			}
		})
	}
}
