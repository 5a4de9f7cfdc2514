package luabridge

import (
	"tidelock/host"
	"tidelock/proxy/sample"
)

// converterNames is converters() -> the names of all converters as scripts call them.
func converterNames(c *host.Call) error {
	mark := c.Results.BeginTable()
	i := int64(0)
	for k := range sample.Converters() {
		i++
		c.Results.Int(i)
		c.Results.String(sample.LuaName(k.Name))
	}
	c.Results.EndTable(mark)
	return nil
}

// converter is Converters:NAME(input [, argument...]).
func converter(k *sample.Converter, b *binder, put put) host.Function {
	return func(c *host.Call) error {
		t, err := current(c)
		if err != nil {
			return err
		}
		input := toSample(c.Next())
		a, err := b.arguments(c, t)
		if err != nil {
			return err
		}
		put(&c.Results, k.Apply(&t.samples, input, a))
		t.samples.Scratch.Reset()
		return nil
	}
}
