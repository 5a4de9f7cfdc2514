// Package plane is what scripts see of the configuration that runs them: its sections, its patterns, its counters and its
// runtime API. The proxy fills it, and the bridge to the scripts reads it; neither knows the other.
package plane

import (
	"tidelock/proxy/command"
	"tidelock/proxy/counter"
	"tidelock/proxy/pattern"
	"tidelock/proxy/runtime"
	"tidelock/proxy/server"
	"tidelock/proxy/stream"
	"tidelock/proxy/tlsconfig"
)

// Plane is one configuration.
type Plane struct {
	Patterns *pattern.Sets
	Process  *counter.Process
	Commands *runtime.Registry
	TLSFiles *tlsconfig.Files

	// ServerChanges tells of what happens to servers.
	ServerChanges *server.Changes

	// Sections returns the frontend, backend and listen sections in their order, nil before they are built. What it
	// returns does not change afterwards.
	Sections func() []Section
}

// Section is a frontend, backend or listen section. A section that is disabled has neither Frontend nor Backend.
type Section struct {
	*stream.Proxy
	Frontend  *command.Frontend
	Backend   *command.Backend
	Listeners []Listener
}

// Listener is one address that a frontend listens on.
type Listener struct {
	Name string
	Row  func() *counter.Row // nil before it listens
}
