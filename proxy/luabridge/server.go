package luabridge

import (
	"tidelock/host"
	"tidelock/proxy/command"
	"tidelock/proxy/server"
)

// byScript is why states change that scripts set.
const byScript = "changed from Lua script"

// serverFunctions are the methods of the class Server that concern nothing but their server.
var serverFunctions = map[string]func(t command.Server, c *host.Call) error{
	"is_draining":   isDraining,
	"is_backup":     func(t command.Server, c *host.Call) error { return putBool(c, t.Backup) },
	"is_dynamic":    func(s command.Server, c *host.Call) error { return putBool(c, s.Added()) },
	"get_maxconn":   func(t command.Server, c *host.Call) error { return putInt(c, t.MaxConnNow()) },
	"get_weight":    func(t command.Server, c *host.Call) error { return putInt(c, int64(t.State().Weight)) },
	"get_stats":     func(t command.Server, c *host.Call) error { return putStatistics(c, t.Counters) },
	"get_cur_sess":  currentSessions,
	"get_pend_conn": pendingConnections,
	"set_maxconn":   changeBy(command.Server.ChangeMaxConn),
	"set_weight":    changeBy(command.Server.ChangeWeight),
	"set_addr":      setAddress,
	"get_addr":      getAddress,

	"set_drain": setAdmin(server.Drain, server.Maintenance),
	"set_maint": setAdmin(server.Maintenance, server.Drain),
	"set_ready": setAdmin(0, server.Maintenance|server.Drain),

	"check_enable":     enableChecks(true),
	"check_disable":    enableChecks(false),
	"check_force_up":   forceHealth(server.Running),
	"check_force_nolb": forceHealth(server.Stopping),
	"check_force_down": forceHealth(server.Stopped),

	"agent_enable":     onAgent(func(t command.Server) { t.EnableAgent(true) }),
	"agent_disable":    onAgent(func(t command.Server) { t.EnableAgent(false) }),
	"agent_force_up":   onAgent(func(t command.Server) { forceAgent(t, true) }),
	"agent_force_down": onAgent(func(t command.Server) { forceAgent(t, false) }),
}

func putBool(c *host.Call, b bool) error {
	c.Results.Bool(b)
	return nil
}

func putInt(c *host.Call, n int64) error {
	c.Results.Int(n)
	return nil
}

// isDraining is Server:is_draining() -> 1 or 0: HAProxy gives an integer.
func isDraining(t command.Server, c *host.Call) error {
	if t.State().Admin&(server.Drain|server.InheritedDrain) != 0 {
		return putInt(c, 1)
	}
	return putInt(c, 0)
}

func currentSessions(t command.Server, c *host.Call) error { return putInt(c, t.Counters.Current()) }

func pendingConnections(t command.Server, c *host.Call) error {
	_, queued := t.Load()
	return putInt(c, queued)
}

// changeBy makes set_*(text) -> nil, or what is wrong with the text.
func changeBy(change func(t command.Server, text string) error) func(command.Server, *host.Call) error {
	return func(t command.Server, c *host.Call) error {
		text, err := c.String()
		if err != nil {
			return err
		}
		if err := change(t, string(text)); err != nil {
			c.Results.String(err.Error())
		} else {
			c.Results.Nil()
		}
		return nil
	}
}

// setAddress is Server:set_addr(address [, port]) -> what came of it.
func setAddress(t command.Server, c *host.Call) error {
	address, err := c.String()
	if err != nil {
		return err
	}
	to := string(address)
	var port []byte
	hasPort := c.Arguments.More()
	if hasPort {
		if port, err = c.String(); err != nil {
			return err
		}
	}
	c.Results.String(t.ChangeAddress(to, string(port), hasPort, "Lua script"))
	return nil
}

// getAddress is Server:get_addr() -> address and port.
func getAddress(t command.Server, c *host.Call) error {
	c.Results.String(addressText(t.Address()))
	return nil
}

func setAdmin(add, remove server.Admin) func(command.Server, *host.Call) error {
	return func(t command.Server, _ *host.Call) error {
		t.SetAdmin(add, remove)
		return nil
	}
}

func enableChecks(on bool) func(command.Server, *host.Call) error {
	return func(t command.Server, _ *host.Call) error {
		if t.Check != nil {
			t.EnableChecks(on)
		}
		return nil
	}
}

func forceHealth(o server.Operation) func(command.Server, *host.Call) error {
	return func(t command.Server, _ *host.Call) error {
		t.SetHealth(o, byScript)
		return nil
	}
}

// onAgent makes a method of what is done with a server's agent. It does nothing to servers without one.
func onAgent(do func(t command.Server)) func(command.Server, *host.Call) error {
	return func(t command.Server, _ *host.Call) error {
		if t.Agent != nil {
			do(t)
		}
		return nil
	}
}

// forceAgent takes the agent to have said up or down, if it is asked at all.
func forceAgent(t command.Server, up bool) {
	if !t.State().Agent.Disabled {
		t.SetAgent(up, byScript)
	}
}

// onServer makes a method of what is done with a server.
func (m *image) onServer(do func(t command.Server, c *host.Call) error) host.Function {
	return func(c *host.Call) error {
		number, err := c.Int()
		if err != nil {
			return err
		}
		all := m.bridge.inventory()
		if all == nil || number < 1 || number > int64(len(all.servers)) {
			return errObject
		}
		return do(all.servers[number-1], c)
	}
}

// serverOwner is Server:get_proxy() -> the number of the section.
func (m *image) serverOwner(c *host.Call) error {
	number, err := c.Int()
	if err != nil {
		return err
	}
	all := m.bridge.inventory()
	if all == nil || number < 1 || number > int64(len(all.owner)) {
		return errObject
	}
	return putInt(c, int64(all.owner[number-1]))
}

// putServer writes the number of a server, nil for none.
func (m *image) putServer(c *host.Call, t *server.Server) error {
	if number := m.serverNumber(t); number > 0 {
		return putInt(c, number)
	}
	c.Results.Nil()
	return nil
}

// serverNumber returns the number by which scripts know a server, 0 for none.
func (m *image) serverNumber(t *server.Server) int64 {
	for i, listed := range m.bridge.inventory().servers {
		if listed.Server == t {
			return int64(i + 1)
		}
	}
	return 0
}

// putTrackers is Server:get_trackers() -> the numbers of the servers that follow one.
func (m *image) putTrackers(t command.Server, c *host.Call) error {
	mark := c.Results.BeginTable()
	n := int64(0)
	for i, listed := range m.bridge.inventory().servers {
		if listed.Tracked() == t.Server {
			n++
			c.Results.Int(n)
			c.Results.Int(int64(i + 1))
		}
	}
	c.Results.EndTable(mark)
	return nil
}
