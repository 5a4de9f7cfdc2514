package luabridge

import (
	"time"

	"tidelock/host"
	"tidelock/proxy/value"
	"tidelock/proxy/variable"
)

// getInfo is core.get_info() -> what "show info" shows, by name.
func (m *image) getInfo(c *host.Call) error {
	mark := c.Results.BeginTable()
	for _, f := range m.bridge.config.Plane.Process.Info(time.Now()) {
		putCount(&c.Results, f.Name, f.Value)
	}
	c.Results.EndTable(mark)
	return nil
}

// getProcessVariable is core.get_var(name) -> the value of a variable of scope proc. There is no exchange that could
// have others.
func getProcessVariable(c *host.Call) error {
	name, err := c.String()
	if err != nil {
		return err
	}
	var x value.Value
	if v, ok := find(name); ok && v.Scope == variable.Process {
		x = v.Get(nil)
	}
	putSample(&c.Results, x)
	return nil
}
