package main

import (
	"context"
	"log/slog"

	"tidelock/cmd/tidelock/telemetry"
	"tidelock/host"
	"tidelock/proxy/config"
	"tidelock/proxy/luabridge"
)

// startTelemetry sets telemetry up where something asks for it.
func (p *program) startTelemetry(ctx context.Context) (err error) {
	s := &p.settings.Telemetry
	slow := s.SlowExecution
	if slow == 0 {
		slow = -1
	}
	p.telemetry, err = telemetry.Start(ctx, telemetry.Config{
		Endpoint: s.Endpoint, Protocol: s.Protocol, Headers: s.HeaderFields(), SampleRatio: float64(s.SampleRatio), SlowExecution: slow,
		Resource: s.Attributes(), Timeout: s.Timeout, Version: ownVersion(), Errors: p.local,
	})
	if handler := p.telemetry.Handler(p.level); handler != nil {
		p.log = slog.New(slog.NewMultiHandler(p.local.Handler(), handler))
	}
	return err
}

// stopTelemetry sends what has not been sent yet.
func (p *program) stopTelemetry(ctx context.Context) {
	if err := p.telemetry.Shutdown(context.WithoutCancel(ctx)); err != nil {
		p.local.Warn("telemetry is lost", "error", err)
	}
}

// observer follows the executions of scripts, for telemetry and for those who look on at the admin address; nil where
// neither does.
func (p *program) observer(scripts config.Scripts) host.Observer {
	var all host.Observers
	if follower := p.telemetry.Follower(); follower != nil {
		all = append(all, luabridge.NewObserver(follower, string(scripts.Isolation)))
	}
	if p.admin.Executions != nil {
		all = append(all, p.admin.Executions)
	}
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return all
}
