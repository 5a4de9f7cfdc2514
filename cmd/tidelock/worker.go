package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"

	"tidelock/proxy"
)

// work serves as the worker of the master at the other end of control: it takes over the sockets that the master offers,
// sends back those that it listens on once it does, and stops when the master is gone.
func (o *haproxyOptions) work(p *program, control *os.File) error {
	c, err := unixConn(control)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := p.sockets.Receive(c); err != nil {
		return fmt.Errorf("Cannot reach the master: %w", err)
	}
	os.Setenv("HAPROXY_MWORKER", "1")
	p.noPidfile = true // it names the master
	p.serving = func(served *proxy.Proxy) error {
		if err := p.sockets.Send(c); err != nil {
			return err
		}
		go attend(c, served)
		return nil
	}
	return p.run(context.Background())
}

// unixConn makes a connection of an inherited descriptor.
func unixConn(file *os.File) (*net.UnixConn, error) {
	defer file.Close()
	c, err := net.FileConn(file)
	if err != nil {
		return nil, err
	}
	unix, ok := c.(*net.UnixConn)
	if !ok {
		c.Close()
		return nil, fmt.Errorf("%s is no Unix socket", file.Name())
	}
	return unix, nil
}

// attend answers on the connections that the master passes on, which carry sessions of its runtime API. When the master ends
// this process stops softly: nobody else would stop it.
func attend(master *net.UnixConn, served *proxy.Proxy) {
	for {
		c, level, mode, err := receiveSession(master)
		switch {
		case errors.Is(err, io.EOF):
			syscall.Kill(os.Getpid(), syscall.SIGUSR1)
			return
		case err != nil:
			return
		}
		go served.ServeCommands(c, level, mode)
	}
}
