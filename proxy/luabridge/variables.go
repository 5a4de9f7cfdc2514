package luabridge

import (
	"bytes"

	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/sample"
	"tidelock/proxy/value"
	"tidelock/proxy/variable"
)

// variableFunctions are the methods that TXN and the applets share.
var variableFunctions = host.Functions{
	"variable.set_var":   setVariable,
	"variable.get_var":   getVariable,
	"variable.unset_var": unsetVariable,
}

// privateFunctions are those behind txn:set_priv and get_priv. Bundles do not see what other scripts keep.
func (m *image) privateFunctions() host.Functions {
	return host.Functions{"private.set": m.setPrivate, "private.get": m.getPrivate}
}

// setVariable is variable.set_var(name, value [, ifexist]) -> whether it was set. As in HAProxy ifexist concerns variables of
// scope proc alone, which nothing else would ever remove.
func setVariable(c *host.Call) error {
	t, err := object(c)
	if err != nil {
		return err
	}
	name, err := c.String()
	if err != nil {
		return err
	}
	x := toSample(c.Next())
	v, ok := find(name)
	if !ok && !(c.Next().Truth() && bytes.HasPrefix(name, []byte("proc."))) {
		v, err = sample.Intern(string(name))
		ok = err == nil
	}
	c.Results.Bool(ok && v.Set(t.samples.Stream, x))
	return nil
}

// getVariable is variable.get_var(name) -> its value, nil when it has none or cannot have one.
func getVariable(c *host.Call) error {
	t, err := object(c)
	if err != nil {
		return err
	}
	name, err := c.String()
	if err != nil {
		return err
	}
	var x value.Value
	if v, ok := find(name); ok {
		x = v.Get(t.samples.Stream)
	}
	putSample(&c.Results, x)
	return nil
}

// unsetVariable is variable.unset_var(name) -> whether there can be such a variable.
func unsetVariable(c *host.Call) error {
	t, err := object(c)
	if err != nil {
		return err
	}
	name, err := c.String()
	if err != nil {
		return err
	}
	v, err := sample.Intern(string(name))
	if err == nil {
		v.Unset(t.samples.Stream)
	}
	c.Results.Bool(err == nil)
	return nil
}

func find(name []byte) (sample.Variable, bool) {
	scope, id, ok := variable.Find(string(name))
	return sample.Variable{Scope: scope, ID: id}, ok
}

// setPrivate is private.set(value). Another instance will decode the value, trusting the host: it is checked here.
func (m *image) setPrivate(c *host.Call) error {
	t, err := object(c)
	if err != nil {
		return err
	}
	s := t.samples.Stream
	if s == nil {
		return errExchange
	}
	if err := c.Arguments.Check(); err != nil {
		return err
	}
	place := s.Private(m.owner())
	kept := abi.NewWriter((*place)[:0])
	kept.Value(c.Next())
	*place = kept.Bytes()
	return nil
}

// getPrivate is private.get() -> value, nil when none was set.
func (m *image) getPrivate(c *host.Call) error {
	t, err := object(c)
	if err != nil {
		return err
	}
	if s := t.samples.Stream; s != nil {
		if kept := *s.Private(m.owner()); len(kept) > 0 {
			c.Results.Raw(kept)
			return nil
		}
	}
	c.Results.Nil()
	return nil
}
