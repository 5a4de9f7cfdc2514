package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
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
	p.ready = append(p.ready, func() error {
		go stopWithout(c)
		return p.sockets.Send(c)
	})
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

// stopWithout stops this process softly when the master ends: nobody else would.
func stopWithout(master io.Reader) {
	if n, err := master.Read(make([]byte, 1)); n == 0 && err == io.EOF {
		syscall.Kill(os.Getpid(), syscall.SIGUSR1)
	}
}
