package command

import (
	"strings"

	"tidelock/proxy/runtime"
)

// set server <backend>/<server> fqdn <name>
func setHostName(c *runtime.Call, t Server) {
	const by = "by 'stats socket command'"
	name, before := c.Arg(2), t.HostName()
	switch {
	case name == "":
		c.Fail("set server <b>/<s> fqdn requires a FQDN.")
	case t.Watch == nil:
		c.Fail("set server <b>/<s> fqdn failed because no resolution is configured.")
	case t.Service():
		c.Fail("set server <b>/<s> fqdn failed because SRV resolution is configured.")
	case name == before:
		c.Warn("no need to change the FDQN %s", by)
	case !isHostName(name):
		c.Warn("invalid fqdn '%s' %s", name, by)
	case strings.HasPrefix(name, ".") || strings.Contains(name, ".."):
		c.Warn("could not update %s/%s FQDN %s", t.Backend().Proxy.Name, t.Name, by)
	default:
		if before == "" {
			before = "(null)"
		}
		t.Rename(name)
		c.Warn("%s/%s changed its FQDN from %s to %s %s", t.Backend().Proxy.Name, t.Name, before, name, by)
	}
}

// isHostName reports whether a text is made of what names of hosts are made of. HAProxy allows 255 characters.
func isHostName(text string) bool {
	const longest = 255
	return len(text) <= longest && strings.IndexFunc(text, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '_' && r != '.'
	}) < 0
}
