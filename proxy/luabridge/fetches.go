package luabridge

import (
	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/sample"
	"tidelock/proxy/value"
)

// put writes a sample as one of the two flavours of a class does.
type put func(w *abi.Writer, v value.Value)

// fetchNames is fetches() -> the names of all fetches as scripts call them.
func fetchNames(c *host.Call) error {
	mark := c.Results.BeginTable()
	i := int64(0)
	for f := range sample.Fetches() {
		i++
		c.Results.Int(i)
		c.Results.String(sample.LuaName(f.Name))
	}
	c.Results.EndTable(mark)
	return nil
}

// fetch is Fetches:NAME([argument...]). What does not exist at this point of the exchange is not found.
func fetch(f *sample.Fetch, b *binder, put put) host.Function {
	return func(c *host.Call) error {
		t, err := current(c)
		if err != nil {
			return err
		}
		if f.Phases()&t.available == 0 || t.samples.Stream == nil && f.Phases()&sample.Load == 0 {
			put(&c.Results, value.Value{})
			return nil
		}
		a, err := b.arguments(c, t)
		if err != nil {
			return err
		}
		put(&c.Results, f.Get(&t.samples, a))
		t.samples.Scratch.Reset()
		return nil
	}
}
