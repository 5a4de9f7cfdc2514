package luabridge

import (
	"tidelock/host"
	"tidelock/proxy/pattern"
)

// addressFunctions are those of core about addresses.
func (m *image) addressFunctions() host.Functions {
	return host.Functions{"core.parse_addr": func(c *host.Call) error { return parseAddress(c, m.resolver()) }, "core.match_addr": matchAddress}
}

// resolver looks names up while the configuration is read: nobody waits then.
func (m *image) resolver() pattern.Resolver {
	if m.files.sealed.Load() {
		return nil
	}
	return m.bridge.config.Plane.Patterns.Resolve
}

// parseAddress is core.parse_addr(text) -> address and mask as bytes, nil when the text is no address.
func parseAddress(c *host.Call, resolve pattern.Resolver) error {
	text, err := c.String()
	if err != nil {
		return err
	}
	address, mask, err := pattern.ParseNetwork(string(text), resolve)
	if err != nil {
		c.Results.Nil()
		return nil
	}
	c.Results.StringBytes(append(address, mask...))
	return nil
}

// matchAddress is core.match_addr(a, b) -> whether one of two networks holds the other.
func matchAddress(c *host.Call) error {
	a, b := c.Next().Bytes, c.Next().Bytes
	length := len(a) / 2
	matches := len(a) == len(b) && length > 0
	for i := range length {
		if !matches {
			break
		}
		mask := a[length+i] & b[length+i]
		matches = a[i]&mask == b[i]&mask
	}
	c.Results.Bool(matches)
	return nil
}
