package command

import (
	"net/netip"
	"strconv"

	"tidelock/proxy/runtime"
	"tidelock/proxy/server"
)

// enableAgent makes: enable agent <backend>/<server>, disable agent <backend>/<server>
func enableAgent(on bool) func(*runtime.Call, Server) {
	return func(c *runtime.Call, t Server) {
		switch {
		case t.Agent != nil:
			t.EnableAgent(on)
		case on:
			c.Fail("Agent was not configured on this server, cannot enable.")
		}
	}
}

// setAgent carries out:
//
//	set server <backend>/<server> agent {up|down}
//	set server <backend>/<server> agent-addr <address> [port <port>]
//	set server <backend>/<server> agent-port <port>
//	set server <backend>/<server> agent-send <text>
func setAgent(c *runtime.Call, t Server) {
	what, value := c.Arg(1), c.Arg(2)
	switch enabled := t.Agent != nil && !t.State().Agent.Disabled; {
	case what == "agent" && !enabled, what == "agent-send" && t.Agent == nil:
		c.Fail("agent checks are not enabled on this server.")
	case t.Agent == nil:
		c.Printf("agent checks are not enabled on this server")
	case what == "agent":
		switch value {
		case "up", "down":
			t.SetAgent(value == "up", byCommand)
		default:
			c.Fail("'set server <srv> agent' expects 'up' or 'down'.")
		}
	case value == "":
		c.Fail("'%s' expects an argument.", what)
	case what == "agent-send":
		t.SetAgentPlace(func(p *server.AgentPlace) { p.Send = value })
	case what == "agent-port":
		setAgentPort(c, t, value)
	default:
		host, err := netip.ParseAddr(value)
		if err != nil {
			c.Fail("incorrect addr address given for agent.")
			return
		}
		t.SetAgentPlace(func(p *server.AgentPlace) { p.Host = host.String() })
		if c.Arg(3) == "port" {
			setAgentPort(c, t, c.Arg(4))
		}
	}
}

func setAgentPort(c *runtime.Call, t Server, text string) {
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || port == 0 {
		c.Fail("provided port is not valid.")
		return
	}
	t.SetAgentPlace(func(p *server.AgentPlace) { p.Port = int(port) })
}
