package luabridge

import (
	"fmt"
	"slices"

	"tidelock/host"
	"tidelock/proxy/config"
	"tidelock/proxy/log"
)

// Functions returns what scripts registered of a kind, in the order in which they did.
func (b *Bridge) Functions(kind string) []*host.Registration {
	var found []*host.Registration
	for _, m := range b.all() {
		for _, r := range m.Registrations() {
			if r.Kind == kind {
				found = append(found, r)
			}
		}
	}
	return found
}

// warnOfRepetitions tells of functions that take the place of earlier ones. An action may have the same name in
// different environments.
func (m *image) warnOfRepetitions() {
	registrations := m.Registrations()
	for i, r := range registrations {
		repeats := func(earlier *host.Registration) bool {
			return earlier.Kind == r.Kind && earlier.Name == r.Name && (r.Kind != kindAction || shareEnvironment(earlier, r))
		}
		if r.Name != "" && slices.ContainsFunc(registrations[:i], repeats) {
			m.bridge.config.Log(m.life, log.Warning, fmt.Sprintf("%s 'lua.%s' is registered more than once: the one at %s:%d counts.",
				r.Kind, r.Name, r.Source, r.Line))
		}
	}
}

// Registrations implements proxy.Registry.
func (b *Bridge) Registrations() []config.Registration {
	var all []config.Registration
	groups := 0 // of the images before
	for _, m := range b.all() {
		most := 0
		for _, r := range m.Registrations() {
			described := m.describe(r)
			if r.Group > 0 {
				described.Group += groups
				most = max(most, r.Group)
			}
			all = append(all, described)
		}
		groups += most
	}
	return all
}

// isolation is what the image's scripts have.
func (m *image) isolation() config.Isolation {
	if u := m.kind.bundle; u != nil && u.Isolation != "" {
		return config.Isolation(u.Isolation)
	}
	return m.bridge.config.Scripts.Isolation
}

func (m *image) describe(r *host.Registration) config.Registration {
	return config.Registration{
		Kind: r.Kind, Name: r.Name, File: r.Source, Line: r.Line,
		Isolation: m.isolation(), Group: r.Group, Parallel: r.Parallel,
	}
}

// Joins implements proxy.Registry.
func (b *Bridge) Joins() []config.Join {
	var all []config.Join
	for _, m := range b.all() {
		for _, j := range m.Image.Joins() {
			all = append(all, config.Join{
				First: m.describe(j.First), Second: m.describe(j.Second),
				What: j.What, Variable: j.Variable, File: j.Source, Line: j.Line,
			})
		}
	}
	return all
}
