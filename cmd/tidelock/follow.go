package main

import (
	"context"

	"tidelock/cmd/tidelock/telemetry"
	"tidelock/host"
	"tidelock/proxy/config"
	"tidelock/proxy/luabridge"
)

// startTelemetry sets telemetry up where something asks for it.
func (p *program) startTelemetry(ctx context.Context) (err error) {
	p.telemetry, err = telemetry.Start(ctx, telemetry.Config{Version: ownVersion(), Errors: p.log})
	return err
}

// stopTelemetry sends what has not been sent yet.
func (p *program) stopTelemetry(ctx context.Context) {
	if err := p.telemetry.Shutdown(context.WithoutCancel(ctx)); err != nil {
		p.log.Warn("telemetry is lost", "error", err)
	}
}

// observer follows the executions of scripts, nil where nothing does.
func (p *program) observer(scripts config.Scripts) host.Observer {
	follower := p.telemetry.Follower()
	if follower == nil {
		return nil
	}
	return luabridge.NewObserver(follower, string(scripts.Isolation))
}
