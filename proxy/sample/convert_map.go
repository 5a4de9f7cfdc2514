package sample

import (
	"errors"
	"fmt"

	"tidelock/proxy/pattern"
	"tidelock/proxy/value"
)

// mapConverters look a value up in a file of patterns with values. A row's name says how patterns are compared and what
// the values are; both are text when it does not. The arguments are the file and what to yield when nothing matches.
var mapConverters = newMapConverters()

func newMapConverters() []Converter {
	text, number, address := pattern.Output{Kind: value.String}, pattern.Output{Kind: value.Integer}, pattern.Output{Kind: value.Address}
	rows := []Converter{mapConverter("map", pattern.Str, text), mapConverter("map_regm", pattern.Regm, text)}
	for _, m := range []*pattern.Method{
		pattern.Str, pattern.Beg, pattern.Sub, pattern.Dir, pattern.Dom, pattern.End, pattern.Reg, pattern.Int, pattern.IP,
	} {
		rows = append(rows,
			mapConverter("map_"+m.Name, m, text), mapConverter("map_"+m.Name+"_int", m, number), mapConverter("map_"+m.Name+"_ip", m, address))
	}
	return rows
}

func mapConverter(name string, m *pattern.Method, o pattern.Output) Converter {
	row := Converter{
		Name: name, Parameters: required(String).and(String), Input: m.Input, Output: o.Kind,
		Prepare: func(k *Compiler, a []Argument) error { return prepareMap(k, a, m, o) },
		Convert: func(c *Context, a []Argument, v value.Value) value.Value {
			if e := a[0].Extra.(*pattern.Index).Find(v, &c.Scratch); e != nil {
				return o.Value(e)
			}
			return mapDefault(a, o)
		},
	}
	if o.Kind == value.Integer {
		row.Parameters = required(String).and(Integer)
	}
	if m == pattern.Regm {
		row.Convert = func(c *Context, a []Argument, v value.Value) value.Value {
			b, found := a[0].Extra.(*pattern.Index).Expand(c.Scratch.Buffer(), v.Data)
			if !found {
				return mapDefault(a, o)
			}
			return c.text(b)
		}
	}
	return row
}

func prepareMap(k *Compiler, a []Argument, m *pattern.Method, o pattern.Output) error {
	if k.Patterns == nil {
		return errors.New("maps can only be used where a configuration names them")
	}
	if o.Kind == value.Address && a[1].Given {
		address, ok := value.ParseAddr([]byte(a[1].Text))
		if !ok {
			return fmt.Errorf("map: cannot parse default ip <%s>", a[1].Text)
		}
		a[1].Addr = address
	}
	a[1].Data = []byte(a[1].Text)
	index, err := k.Patterns.Map(a[0].Text, o, k.ReadFile, pattern.Request{Method: m, Place: k.Place})
	a[0].Extra = index
	return err
}

// mapDefault returns what a map yields for a value that none of its patterns matches.
func mapDefault(a []Argument, o pattern.Output) value.Value {
	switch {
	case !a[1].Given:
		return value.Value{}
	case o.Kind == value.Integer:
		return value.Int(a[1].Int)
	case o.Kind == value.Address:
		return value.Addr(a[1].Addr)
	}
	return value.Text(a[1].Data)
}
