package command

import (
	"tidelock/proxy/frontend"
	"tidelock/proxy/runtime"
)

// Frontends are the frontends of a configuration, and what can be done with them and the exchanges that they carry.
type Frontends struct {
	List       func() []Frontend        // in the order of the configuration
	SetMaxconn func(limit int) bool     // of the process, 0 for that of the configuration; false when it is too much
	Sessions   func() []runtime.Visitor // of the runtime API
	Servers    *Servers
}

// Frontend is a frontend or listen section. The functions report false when there is nothing to change.
type Frontend struct {
	*frontend.Frontend
	Pause, Resume, Stop func() bool
	SetMaxconn          func(limit int) // 0 for what the process may have
}

// Commands returns the commands about frontends and their exchanges.
func (f *Frontends) Commands() []runtime.Command {
	return []runtime.Command{
		{Words: "disable frontend", Usage: "disable frontend <frontend>", Help: "temporarily disable specific frontend",
			Level: runtime.Admin, Run: f.on(disableFrontend)},
		{Words: "enable frontend", Usage: "enable frontend <frontend>", Help: "re-enable specific frontend",
			Level: runtime.Admin, Run: f.on(enableFrontend)},
		{Words: "set maxconn frontend", Usage: "set maxconn frontend <frontend> <value>", Help: "change a frontend's maxconn setting",
			Level: runtime.Admin, Run: f.on(setFrontendMaxconn)},
		{Words: "set maxconn global", Usage: "set maxconn global <value>", Help: "change the per-process maxconn setting",
			Level: runtime.Admin, Run: f.setGlobalMaxconn},
		{Words: "show sess", Usage: "show sess [id]", Help: "report the list of current sessions or dump this exact session",
			Level: runtime.Operator, Run: f.showSessions},
		{Words: "shutdown frontend", Usage: "shutdown frontend <frontend>", Help: "stop a specific frontend",
			Level: runtime.Admin, Run: f.on(shutdownFrontend)},
		{Words: "shutdown session", Usage: "shutdown session [id]", Help: "kill a specific session",
			Level: runtime.Admin, Run: f.shutdownSession},
		{Words: "shutdown sessions server", Usage: "shutdown sessions server <bk>/<srv>", Help: "kill sessions on a server",
			Level: runtime.Admin, Run: f.Servers.on(f.shutdownServerSessions)},
	}
}

// on makes a command of what is done with the frontend that the first argument names.
func (f *Frontends) on(do func(c *runtime.Call, t Frontend)) func(*runtime.Call) {
	return func(c *runtime.Call) {
		if c.Arg(0) == "" {
			c.Fail("A frontend name is expected.")
			return
		}
		for _, t := range f.List() {
			if named(c.Arg(0), t.Proxy.Name, t.Proxy.ID) {
				do(c, t)
				return
			}
		}
		c.Fail("No such frontend.")
	}
}

// disable frontend <frontend>
func disableFrontend(c *runtime.Call, t Frontend) {
	switch {
	case t.Condition() == frontend.Stopped:
		c.Report("Frontend was previously shut down, cannot disable.")
	case !t.Pause():
		c.Report("All sockets are already disabled.")
	}
}

// enable frontend <frontend>
func enableFrontend(c *runtime.Call, t Frontend) {
	switch {
	case t.Condition() == frontend.Stopped:
		c.Fail("Frontend was previously shut down, cannot enable.")
	case !t.Resume():
		c.Report("All sockets are already enabled.")
	}
}

// shutdown frontend <frontend>
func shutdownFrontend(c *runtime.Call, t Frontend) {
	if !t.Stop() {
		c.Report("Frontend was already shut down.")
	}
}

// set maxconn frontend <frontend> <connections>
func setFrontendMaxconn(c *runtime.Call, t Frontend) {
	limit := leadingNumber(c.Arg(1))
	switch {
	case c.Arg(1) == "":
		c.Fail("Integer value expected.")
	case limit < 0:
		c.Fail("Value out of range.")
	default:
		t.SetMaxconn(limit)
	}
}

// set maxconn global <connections>
func (f *Frontends) setGlobalMaxconn(c *runtime.Call) {
	limit := leadingNumber(c.Arg(0))
	switch {
	case c.Arg(0) == "":
		c.Fail("Expects an integer value.")
	case !f.SetMaxconn(max(limit, 0)):
		c.Fail("Value out of range.")
	}
}
