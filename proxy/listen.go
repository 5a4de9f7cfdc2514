package proxy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"tidelock/proxy/config"
	"tidelock/proxy/stream"
)

// listener is an open bind line.
type listener struct {
	net.Listener
	identity *stream.Listener
}

// Listeners returns the addresses that are listened on, as "name address" of the proxy, in the order of the configuration.
func (p *Proxy) Listeners() []string {
	var all []string
	for _, e := range p.frontends {
		for _, l := range e.listeners {
			all = append(all, e.section.Name+" "+l.Addr().String())
		}
	}
	return all
}

// open opens the listeners of one frontend.
func (p *Proxy) open(ctx context.Context, e *entrance) error {
	var failed []error
	for _, bind := range e.section.Binds {
		l, err := p.listen(ctx, bind)
		if err != nil {
			failed = append(failed, fmt.Errorf("Starting %s %s: cannot bind %s (%s) [%s]",
				e.section.Kind, e.section.Name, socketKind(bind.Address), bindReason(err), bind.Address))
			continue
		}
		identity := newListener(e.Proxy, bind, len(e.listeners)+1, l.Addr())
		e.listeners = append(e.listeners, listener{l, identity})
		if e.section.SocketStats {
			p.rows[e.section] = slices.Insert(p.rows[e.section], len(e.listeners), identity.Counters)
		}
	}
	return errors.Join(failed...)
}

func (p *Proxy) listen(ctx context.Context, bind config.Bind) (net.Listener, error) {
	network, address := listenAddress(bind)
	switch network {
	case "fd":
		file := os.NewFile(uintptr(bind.Address.FD), address)
		if file == nil {
			return nil, syscall.EBADF
		}
		defer file.Close()
		return net.FileListener(file)
	case "unix":
		if err := removeStale(address); err != nil {
			return nil, err
		}
	}
	l, err := p.options.Listen(ctx, network, address)
	if err == nil && network == "unix" && bind.Permission != 0 {
		if err = os.Chmod(address, bind.Permission); err != nil {
			l.Close()
		}
	}
	return l, err
}

// listenAddress returns a bind's address in the terms of package net.
func listenAddress(bind config.Bind) (network, address string) {
	a := bind.Address
	switch a.Network {
	case "unix", "fd":
		return a.Network, a.Path
	case "tcp4":
		network = "tcp4"
	case "tcp", "tcp6":
		network = "tcp" // "::" takes IPv4 clients too, unless told otherwise
		if bind.V6Only {
			network = "tcp6"
		}
		if a.Network == "tcp6" {
			a.Host = cmp.Or(a.Host, "::")
		}
	}
	return network, net.JoinHostPort(a.Host, strconv.Itoa(a.Port))
}

// removeStale removes a socket that a process left behind. One that somebody listens on stays, and fails to open later.
func removeStale(path string) error {
	info, err := os.Lstat(path)
	if err != nil || info.Mode()&os.ModeSocket == 0 || strings.HasPrefix(path, "@") {
		return nil
	}
	if c, err := net.Dial("unix", path); err == nil {
		c.Close()
		return syscall.EADDRINUSE
	}
	return os.Remove(path)
}

func (p *Proxy) closeListeners() {
	for _, e := range p.frontends {
		for _, l := range e.listeners {
			l.Close()
		}
		e.listeners = nil
	}
	for _, l := range p.runtime.listeners {
		l.Close()
	}
	p.runtime.listeners = nil
}

func socketKind(a config.Address) string {
	if a.Network == "unix" {
		return "UNIX socket"
	}
	return "socket"
}

// bindReason words an error as HAProxy does.
func bindReason(err error) string {
	var errno syscall.Errno
	if !errors.As(err, &errno) {
		return err.Error()
	}
	text := errno.Error()
	return strings.ToUpper(text[:1]) + text[1:]
}
