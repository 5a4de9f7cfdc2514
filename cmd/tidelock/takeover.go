package main

import (
	"context"
	"fmt"
	"net"
	"syscall"

	"tidelock/proxy/config/syntax"
)

// processes says whether the configuration asks for a daemon or a master. A configuration with errors asks for neither:
// it will be read again by who reports them.
func (p *program) processes() (daemon, master bool) {
	var diags syntax.Diagnostics
	cfg := p.read(&diags)
	if cfg == nil || diags.Has(syntax.Alert) {
		return false, false
	}
	return cfg.Global.Daemon, cfg.Global.MasterWorker
}

// replace serves, in the place of the old processes that the options name.
func (o *haproxyOptions) replace(p *program) error {
	if o.takeOver != "" {
		if err := receiveFrom(o.takeOver, p); err != nil {
			syntax.Printf(p.stderr, syntax.Warning, "Failed to get the sockets from the old process: %s", err)
		}
	}
	p.ready = append(p.ready, o.signalOld)
	return p.run(context.Background())
}

// receiveFrom asks the runtime API of an old process for its sockets.
func receiveFrom(path string, p *program) error {
	c, err := net.Dial("unix", path)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := fmt.Fprintln(c, "_getsocks"); err != nil {
		return err
	}
	return p.sockets.Receive(c.(*net.UnixConn))
}

// signalOld tells the old processes that this one is in charge. One that is gone already is no error.
func (o *haproxyOptions) signalOld() error {
	for _, pid := range o.old {
		syscall.Kill(pid, o.oldSignal)
	}
	return nil
}
