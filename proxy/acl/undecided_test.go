package acl

import (
	"testing"

	"tidelock/proxy/sample"
	"tidelock/proxy/stream"
	"tidelock/proxy/value"
)

// constants are fetches of scripts: yes, no, and open, which lacks input.
type constants struct {
	stream.Scripts
	context *sample.Context
}

func (k *constants) BindFetch(name string, _ []string) (func(*stream.Stream) value.Value, error) {
	return func(*stream.Stream) value.Value {
		k.context.Incomplete = name == "open"
		return value.Bool(name == "yes")
	}, nil
}

// A factor that lacks input leaves its term open, unless another factor has settled it.
func TestCondition_Decide(t *testing.T) {
	c := sample.Acquire(nil, sample.TCPRequest)
	defer c.Release()
	constant := func(name string) *list {
		k := &sample.Compiler{Phase: sample.TCPRequest, Scripts: &constants{context: c}}
		made, err := compileTest(k, []string{"lua." + name, "-m", "bool"})
		if err != nil {
			t.Fatal(err)
		}
		return &list{tests: []*test{made}}
	}
	yes, no, open := constant("yes"), constant("no"), constant("open")
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
			holds, undecided := (&Condition{unless: test.unless, terms: test.terms}).Decide(c)
			if holds != test.holds || undecided != test.undecided {
				t.Errorf("got %t, undecided %t", holds, undecided)
			}
		})
	}
}
