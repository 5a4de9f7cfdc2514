package command

import (
	"net/netip"
	"strconv"

	"tidelock/proxy/runtime"
	"tidelock/proxy/server"
)

// setCheckPlace carries out:
//
//	set server <backend>/<server> check-addr <address> [port <port>]
//	set server <backend>/<server> check-port <port>
func setCheckPlace(c *runtime.Call, t Server) {
	value, port, hasPort := c.Arg(2), c.Arg(4), c.Arg(3) == "port"
	byAddress := c.Arg(1) == "check-addr"
	if !byAddress {
		port, hasPort = value, true
	}
	switch {
	case value == "" && byAddress:
		c.Fail("set server <b>/<s> check-addr requires an address and optionally a port.")
		return
	case value == "":
		c.Fail("set server <b>/<s> check-port requires a port.")
		return
	case t.Check == nil:
		c.WarnUnended("health checks are not enabled on this server")
		return
	}
	host, err := netip.ParseAddr(value)
	if byAddress && (err != nil || host.Zone() != "") {
		c.WarnUnended("invalid addr '%s'", value)
		return
	}
	number, err := strconv.Atoi(port)
	switch {
	case hasPort && err != nil:
		c.WarnUnended("provided port is not an integer")
		return
	case hasPort && (number < 0 || number > 65535):
		c.WarnUnended("provided port is invalid")
		return
	}
	t.SetCheckPlace(func(p *server.CheckPlace) {
		if byAddress {
			p.Host = host.String()
		}
		if hasPort {
			p.Port = number
		}
	})
}

// setSecured carries out: set server <backend>/<server> ssl { on | off }
func setSecured(c *runtime.Call, t Server) {
	d, ok := t.Dialer.(server.Securer)
	if !ok || !d.Securable() {
		c.Fail("'set server <srv> ssl' cannot be set.  default-server should define ssl settings")
		return
	}
	switch c.Arg(2) {
	case "on", "off":
		t.Secure(d, c.Arg(2) == "on")
		c.Note("server ssl setting updated.")
	default:
		c.Fail("'set server <srv> ssl' expects 'on' or 'off'.")
	}
}
