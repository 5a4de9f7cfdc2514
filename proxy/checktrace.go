package proxy

import (
	"cmp"
	"time"

	"tidelock/proxy/config"
	"tidelock/proxy/server"
	"tidelock/proxy/telemetry"
)

// checkTrace returns what has the checks of a section's servers traced, nil for nothing.
func (b *builder) checkTrace(section *config.Proxy) func(*server.Server, *server.Result, bool) {
	follower := b.options.Telemetry
	if follower == nil {
		return nil
	}
	overHTTP := section.HealthCheck.Kind == "httpchk"
	return func(s *server.Server, r *server.Result, agent bool) {
		at := s.Address()
		state := s.State()
		checked := state.Checks.Place
		c := telemetry.Check{
			Agent: agent, Backend: section.Name, Server: s.Name, Started: time.Now().Add(-r.Duration), Took: r.Duration,
			Host: cmp.Or(checked.Host, at.Host), Port: cmp.Or(checked.Port, at.Port), Status: r.Status.String(), Info: r.Info, Passed: r.Status.Passed(),
		}
		c.News = state.Operation == server.Stopped
		if agent {
			place := s.AgentPlace()
			c.Host, c.Port = cmp.Or(place.Host, at.Host), place.Port
			c.News = state.Agent.Down
		} else if overHTTP {
			c.HTTPStatus = r.Code
		}
		r.Span = follower.Checked(&c)
	}
}
