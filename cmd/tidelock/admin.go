package main

import (
	"context"

	"tidelock/cmd/tidelock/admin"
)

// startAdmin opens the admin address, if there is one. It answers from now on, but is not ready before the proxy is.
func (p *program) startAdmin(ctx context.Context) error {
	s := &p.settings.Admin
	if s.Address == "" {
		return nil
	}
	p.admin.Executions = admin.NewExecutions(s.History)
	p.admin.SetToken(string(s.Token))
	network, address := s.Network()
	return p.admin.Start(ctx, network, address)
}
