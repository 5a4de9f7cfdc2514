package main

import (
	"context"
	"errors"

	"tidelock/proxy"
	"tidelock/proxy/config"
)

// loadScripts is where the sandbox comes in.
func (p *program) loadScripts(_ context.Context, settings config.Scripts, _ proxy.ScriptHost) (proxy.Scripts, error) {
	return nil, &config.ScriptError{File: settings.Files[0], Err: errors.New("this build has no sandbox to run scripts in")}
}
