package command

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"tidelock/proxy/runtime"
	"tidelock/proxy/server"
)

// Servers are the servers of a configuration. Its fields are set before the first command runs.
type Servers struct {
	Backends []Backend
	// Build makes a server of a backend from the words of a server line behind its keyword.
	Build func(to *server.Backend, words []string) (*server.Server, error)

	changing sync.Mutex // held by whoever adds or removes a server
}

// Backend is a backend or listen section.
type Backend struct{ *server.Backend }

// Server is a server as the commands see it.
type Server struct{ *server.Server }

// Commands returns the commands about servers.
func (s *Servers) Commands() []runtime.Command {
	return slices.Concat(s.addAndRemove(), s.dynamicCookies(), []runtime.Command{
		{Words: "disable agent", Usage: "disable agent", Help: "disable agent checks", Level: runtime.Admin, Run: s.on(enableAgent(false))},
		{Words: "disable health", Usage: "disable health", Help: "disable health checks", Level: runtime.Admin, Run: s.on(enableChecks(false))},
		{Words: "disable server", Usage: "disable server (DEPRECATED)", Help: "disable a server for maintenance (use 'set server' instead)",
			Level: runtime.Admin, Run: s.on(setAdmin(server.Maintenance, 0))},
		{Words: "enable agent", Usage: "enable agent", Help: "enable agent checks", Level: runtime.Admin, Run: s.on(enableAgent(true))},
		{Words: "enable health", Usage: "enable health", Help: "enable health checks", Level: runtime.Admin, Run: s.on(enableChecks(true))},
		{Words: "enable server", Usage: "enable server  (DEPRECATED)", Help: "enable a disabled server (use 'set server' instead)",
			Level: runtime.Admin, Run: s.on(setAdmin(0, server.Maintenance))},
		{Words: "get weight", Usage: "get weight <bk>/<srv>", Help: "report a server's current weight", Run: s.on(getWeight)},
		{Words: "set maxconn server", Usage: "set maxconn server <bk>/<srv>", Help: "change a server's maxconn setting",
			Level: runtime.Admin, Run: s.on(setServerMaxConn)},
		{Words: "set server", Usage: "set server <bk>/<srv> [opts]", Help: "change a server's state, weight, address or ssl",
			Level: runtime.Admin, Run: s.on(setServer)},
		{Words: "set weight", Usage: "set weight <bk>/<srv>  (DEPRECATED)", Help: "change a server's weight (use 'set server' instead)",
			Level: runtime.Admin, Run: s.on(func(c *runtime.Call, t Server) { setWeight(c, t, c.Arg(1)) })},
		{Words: "show backend", Usage: "show backend", Help: "list backends in the current running config", Run: s.showBackends},
		{Words: "show servers conn", Usage: "show servers conn [<backend>]",
			Help: "dump server connections status (all or for a single backend)", Run: s.each(showConnections)},
		{Words: "show servers state", Usage: "show servers state [<backend>]",
			Help: "dump volatile server information (all or for a single backend)", Run: s.each(showStates)},
	})
}

// named reports whether a word is a thing's name, or "#" and its number.
func named(word, name string, id int) bool {
	return word == name || word == "#"+strconv.Itoa(id)
}

// on makes a command of what is done with the server that the first argument names.
func (s *Servers) on(do func(c *runtime.Call, t Server)) func(*runtime.Call) {
	return func(c *runtime.Call) {
		backend, name, found := strings.Cut(c.Arg(0), "/")
		if !found || name == "" {
			c.Fail("Require 'backend/server'.")
			return
		}
		for _, b := range s.Backends {
			if !named(backend, b.Proxy.Name, b.Proxy.ID) {
				continue
			}
			for _, t := range b.Servers() {
				if named(name, t.Name, t.ID) {
					do(c, Server{t})
					return
				}
			}
			c.Fail("No such server.")
			return
		}
		c.Fail("No such backend.")
	}
}

// each makes a command of what is shown of backends: of all, or of the one that the first argument names.
func (s *Servers) each(show func(c *runtime.Call, backends []Backend)) func(*runtime.Call) {
	return func(c *runtime.Call) {
		if c.Arg(0) == "" {
			show(c, s.Backends)
			return
		}
		for i, b := range s.Backends {
			if named(c.Arg(0), b.Proxy.Name, b.Proxy.ID) {
				show(c, s.Backends[i:i+1])
				return
			}
		}
		c.Fail("Can't find backend.")
	}
}

// show backend
func (s *Servers) showBackends(c *runtime.Call) {
	c.Printf("# name\n")
	for _, b := range s.Backends {
		c.Printf("%s\n", b.Proxy.Name)
	}
}

// place returns a server's address and port as the lists have them.
func place(t Server) (host string, port int) {
	a := t.Address()
	if a.Network == "unix" {
		return "-", 0
	}
	return cmp.Or(a.Host, "-"), a.Port
}

// The numbers of "show servers state" (management manual, section 9.3).
var (
	checkStatuses = map[server.CheckStatus]int{
		server.Unknown: 1, server.Initializing: 1, server.SocketError: 5, server.Layer4OK: 6, server.Layer4Timeout: 7,
		server.Layer4Error: 8, server.Layer6OK: 9, server.Layer6Timeout: 10, server.Layer6Response: 11, server.Layer7Timeout: 12,
		server.Layer7Response: 13, server.Layer7OK: 15, server.Layer7Conditional: 16, server.Layer7Status: 17,
		server.ProcessError: 18, server.ProcessTimeout: 19, server.ProcessOK: 20,
	}
	adminBits = []struct {
		admin server.Admin
		bit   int
	}{
		{server.Maintenance, 1}, {server.InheritedMaintenance, 2}, {server.ConfiguredMaintenance, 4}, {server.Drain, 8},
		{server.InheritedDrain, 16}, {server.Unresolved, 32}, {server.Renamed, 64},
	}
)

// hostOfService says that the name of a server's host was learnt from a record of a service. Renamed servers have it, too.
const hostOfService = 64

const (
	resultUnknown, resultFailed, resultPassed, resultConditional = 0, 2, 3, 4
	CheckConfigured, checkEnabled, checkPaused                   = 2, 4, 8
)

// AdminOf returns the administrative state that a number stands for.
func AdminOf(number int) (a server.Admin) {
	for _, bit := range adminBits {
		if number&bit.bit != 0 {
			a |= bit.admin
		}
	}
	return a
}

// CheckStatusOf returns the status of a check that a number stands for, Unknown for any other.
func CheckStatusOf(number int) server.CheckStatus {
	for status, n := range checkStatuses {
		if n == number && status != server.Initializing {
			return status
		}
	}
	return server.Unknown
}

// agentNumber returns what is said of the state of a server's agent.
func agentNumber(t Server, st server.State) int {
	const agent = 16
	switch {
	case t.Agent == nil:
		return 0
	case st.Agent.Disabled:
		return agent | CheckConfigured
	}
	return agent | CheckConfigured | checkEnabled
}

// inMaintenance are the reasons for which a server takes no traffic and is not checked.
const inMaintenance = server.Maintenance | server.InheritedMaintenance | server.Unresolved

// show servers state [<backend>]
func showStates(c *runtime.Call, backends []Backend) {
	c.Printf("1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight " +
		"srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state " +
		"bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr " +
		"srv_agent_port\n")
	for _, b := range backends {
		for _, t := range b.Servers() {
			showState(c, b, Server{t})
		}
	}
}

func showState(c *runtime.Call, b Backend, t Server) {
	st := t.State()
	host, port := place(t)
	admin := 0
	for _, a := range adminBits {
		if st.Admin&a.admin != 0 {
			admin |= a.bit
		}
	}
	operation := st.Operation
	if st.Admin&inMaintenance != 0 {
		operation = server.Stopped
	}
	status, result, health, check := checkNumbers(t, st, operation)
	name, service := cmp.Or(t.HostName(), "-"), "-"
	if t.Service() {
		service = t.Host
		if name == service {
			name = "-"
		} else {
			admin |= hostOfService
		}
	}
	c.Printf("%d %s %d %s %s %d %d %d %d %d %d %d %d %d %d 0 %d %s %d %s %d %d %s %s %d\n",
		b.Proxy.ID, b.Proxy.Name, t.ID, t.Name, host, operation, admin, st.Weight, t.Weight, int(time.Since(st.Since).Seconds()),
		status, result, health, check, agentNumber(t, st), bit(t.FixedID), name, port, service,
		bit(t.Secured()), st.Checks.Place.Port, cmp.Or(st.Checks.Place.Host, "-"),
		cmp.Or(st.Agent.Place.Host, t.CheckPlace.Host, "-"), cmp.Or(st.Agent.Place.Port, t.CheckPlace.Port))
}

// checkNumbers returns what is said of health checks. A server without them is healthy while it runs.
func checkNumbers(t Server, st server.State, operation server.Operation) (status, result, health, check int) {
	if t.Check == nil {
		switch {
		case st.Admin&server.ConfiguredMaintenance != 0:
			check = checkPaused // as in HAProxy, for good
		case operation != server.Stopped || st.Agent.Down:
			health = st.Health
		}
		return checkStatuses[server.Unknown], resultUnknown, health, check
	}
	switch {
	case st.Last.Status <= server.Initializing:
	case st.Last.Status == server.Layer7Conditional:
		result = resultConditional
	case st.Last.Status.Passed():
		result = resultPassed
	default:
		result = resultFailed
	}
	check = CheckConfigured
	if !st.Checks.Disabled {
		check |= checkEnabled
	}
	health = st.Health
	if st.Admin&inMaintenance != 0 {
		if health = 0; !st.Checks.New {
			check |= checkPaused
		}
	}
	return checkStatuses[st.Last.Status], result, health, check
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
