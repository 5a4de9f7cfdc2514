package command

import (
	"strings"

	"tidelock/proxy/runtime"
	"tidelock/proxy/server"
)

// addAndRemove returns the commands that change which servers there are.
func (s *Servers) addAndRemove() []runtime.Command {
	return []runtime.Command{
		{Words: "add server", Usage: "add server <bk>/<srv>", Help: "create a new server", Level: runtime.Admin, Run: s.add},
		{Words: "del server", Usage: "del server <bk>/<srv>", Help: "remove a dynamically added server", Level: runtime.Admin, Run: s.remove},
	}
}

// path finds the backend that the first argument begins with, and returns the name behind it.
func (s *Servers) path(c *runtime.Call) (b *server.Backend, name string) {
	backend, name, _ := strings.Cut(c.Arg(0), "/")
	if backend == "" || name == "" {
		c.FailUnended("Require 'backend/server'.")
		return nil, ""
	}
	for _, b := range s.Backends {
		if named(backend, b.Proxy.Name, b.Proxy.ID) {
			return b.Backend, name
		}
	}
	c.FailUnended("No such backend.")
	return nil, ""
}

// add server <backend>/<server> <address>[:<port>] [<parameter>...]
func (s *Servers) add(c *runtime.Call) {
	b, name := s.path(c)
	if b == nil {
		return
	}
	if !b.Dynamic() {
		c.FailUnended("Backend must use a dynamic load balancing to support dynamic servers.")
		return
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	if b.ServerNamed(name) != nil && len(c.Args) > 1 {
		c.Fail("%s", server.ErrKnownName)
		return
	}
	made, err := s.Build(b, append([]string{name}, c.Args[1:]...))
	if err == nil {
		err = b.Add(made)
	}
	if err != nil {
		c.Fail("%s", err)
		return
	}
	c.Report("New server registered.")
}

// del server <backend>/<server>
func (s *Servers) remove(c *runtime.Call) {
	b, name := s.path(c)
	if b == nil {
		return
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	gone := b.ServerNamed(name)
	if gone == nil {
		c.FailUnended("No such server.")
		return
	}
	if err := b.Remove(gone); err != nil {
		c.FailUnended("%s", err)
		return
	}
	c.Printf("Server deleted.")
}
