package luabridge

import (
	"net"

	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/capability"
)

// guard stands at the doors of the sandbox: it lets scripts through to what the capabilities of their image list. The doors
// are the functions that the prelude binds, and a script has no other way out, whatever it does with what is inside: so
// nothing in the guest has to be guarded. Functions are wrapped when they are bound; scripts without a guard call the same
// functions as if there were none.
type guard struct {
	image  *image
	grant  *capability.Set                // nil: everything is granted, and only noted
	note   func(capability, value string) // nil: nobody wants to know
	hidden hiddenHeaders
}

// newGuard returns what guards the image's scripts, nil for those that nobody restricts or watches.
func newGuard(m *image) *guard {
	g := &guard{image: m, grant: m.granted(), note: m.bridge.config.Asked}
	if g.grant == nil && g.note == nil {
		return nil
	}
	if g.grant != nil {
		g.hidden = newHiddenHeaders(g.grant)
	}
	return g
}

// standard returns what the image's scripts reach outside of the proxy. g may be nil.
func (g *guard) standard(c host.StandardConfig) host.StandardConfig {
	if g != nil {
		c.Dial = raised(g.dial(c.Dial, net.DefaultResolver.LookupNetIP))
		if g.grant != nil { // opensFile names each file, and everything else is refused before it comes to these
			c.Files, c.AllowExecute = host.FileConfig{Roots: []host.FileRoot{{Path: "/"}}}, false
		}
	}
	c.Dial = traceDial(c.Dial)
	return c
}

// library returns what asks the guard before it does what the functions of l do. g may be nil.
func (g *guard) library(l host.Library) host.Library {
	if g == nil {
		return l
	}
	return guarded{l, g}
}

// question asks for values of one capability.
type question struct {
	guard      *guard
	capability string
	granted    func(value string) bool
}

// about returns what asks for values of a capability other than network.
func (g *guard) about(name string) question {
	q := question{guard: g, capability: name}
	if g.grant != nil {
		q.granted = g.grant.Allows(name)
	}
	return q
}

// ask returns nil for what is granted, else a *capability.Denial.
func (q question) ask(value, why string) error {
	if q.guard.note != nil {
		q.guard.note(q.capability, value)
	}
	if q.granted == nil || q.granted(value) {
		return nil
	}
	return &capability.Denial{Capability: q.capability, Value: value, Why: why}
}

// guarded is a library whose functions ask the guard.
type guarded struct {
	host.Library
	guard *guard
}

// Resolve implements host.Library. A function that has no row among the doors is refused: none is forgotten open.
func (l guarded) Resolve(name string) host.Function {
	f := l.Library.Resolve(name)
	if kind, _, _ := sampleName(name); f == nil || kind != "" {
		return f // fetches and converters ask with their typed arguments: see guard.binds
	}
	d, known := doors[name]
	switch {
	case known && d == nil:
		return f
	case known:
		return d(l.guard, f)
	}
	return refused(name)(l.guard, f)
}

// argument returns one that a function is about to take, without taking it. Positions count from 0, the object of a
// method being the first.
func argument(c *host.Call, position int) abi.Value {
	arguments := c.Arguments
	for range position {
		arguments.Next()
	}
	return arguments.Next()
}
