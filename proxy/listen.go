package proxy

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"tidelock/proxy/config"
	"tidelock/proxy/config/syntax"
	"tidelock/proxy/frontend"
	"tidelock/proxy/socket"
)

// binding is one address of a bind line, ready to be opened.
type binding struct {
	config.Bind
	socket   socket.Options
	listener frontend.Listener // its Listener is nil until it is open
}

// Listeners returns the addresses that are listened on, as "name address" of the proxy, in the order of the configuration.
func (p *Proxy) Listeners() []string {
	var all []string
	for _, e := range p.frontends {
		for _, l := range e.bindings {
			if l.listener.Listener != nil {
				all = append(all, e.section.Name+" "+l.listener.Addr().String())
			}
		}
	}
	return all
}

// buildBindings prepares the bind lines of a section.
func (b *builder) buildBindings(section *config.Proxy) []*binding {
	var all []*binding
	secured := map[*config.BindSettings]secureFunc{} // once for all addresses of a line
	for _, bind := range section.Binds {
		if prepared := b.buildBinding(bind, b.clientSocket(section)); prepared != nil {
			prepared.listener.Secure = b.buildTLS(section, bind, secured)
			prepared.listener.AcceptProxy = bind.AcceptProxy
			prepared.listener.AcceptClientIP, prepared.listener.ClientIPMagic = bind.ClientIPMagic != 0, bind.ClientIPMagic
			prepared.listener.MaxConn = bind.Maxconn
			all = append(all, prepared)
		}
	}
	return all
}

// buildBinding prepares one address, or reports why it cannot be listened on and returns nil.
func (b *builder) buildBinding(bind config.Bind, connection socket.Connection) *binding {
	if bind.Address.Network == "fd" {
		if err := inheritable(bind.Address.FD); err != nil {
			b.diags.Alertf(bind.At, "'bind' : cannot use file descriptor '%d' : %s.", bind.Address.FD, syntax.SystemReason(err))
			return nil
		}
	}
	if host := bind.Address.Host; host != "" {
		address, err := b.resolve(bind.Address)
		if err != nil {
			b.diags.Alertf(bind.At, "'bind' : invalid address: '%s' in '%s'", host, bind.Text)
			return nil
		}
		bind.Address.Host = address
	}
	s := bind.BindSettings
	prepared := &binding{Bind: bind, socket: socket.Options{
		FD: bind.Address.FD, Exclusive: b.config.Global.NoReusePort, Backlog: s.Backlog, Interface: s.Interface, MSS: s.MSS, UserTimeout: s.UserTimeout,
		FastOpen: s.FastOpen, DeferAccept: s.DeferAccept, Transparent: s.Transparent,
		Connection: connection,
		Permission: s.Permission, UID: s.UID, GID: s.GID,
	}}
	prepared.socket.Network, prepared.socket.Address = listenAddress(bind)
	return prepared
}

// inheritable reports why a descriptor is no socket.
func inheritable(fd int) error {
	_, err := syscall.Getsockname(fd)
	return err
}

// open opens the listeners of one frontend.
func (p *Proxy) open(ctx context.Context, e *entrance) error {
	var failed []error
	for i, l := range e.bindings {
		opened, err := p.options.Listen(ctx, l.socket)
		if err != nil {
			failed = append(failed, bindError(l, e.section.Name, err))
			continue
		}
		l.listener.Listener = opened
		l.listener.Identity = newListener(e.Proxy, l.Bind, cmp.Or(l.ID, i+1), opened.Addr())
		if e.section.SocketStats {
			p.rows[e.section] = slices.Insert(p.rows[e.section], i+1, l.listener.Identity.Counters)
		}
	}
	return errors.Join(failed...)
}

// bindError words why an address could not be opened as HAProxy does.
func bindError(l *binding, section string, err error) error {
	reason := systemReason(err)
	kind, where := "socket", "for ["+bindName(l.Address)+"]"
	if l.Address.Network == "unix" {
		kind, where = "UNIX socket", "["+bindName(l.Address)+"]"
	}
	return fmt.Errorf("Binding [%s] for frontend %s: cannot bind %s (%s) %s", l.At, section, kind, reason, where)
}

// systemReason returns what the system said was wrong, without what it was asked to do.
func systemReason(err error) string {
	if errno := syscall.Errno(0); errors.As(err, &errno) {
		return syntax.SystemReason(errno)
	}
	return err.Error()
}

// bindName returns an address as errors of binding give it.
func bindName(a config.Address) string {
	switch {
	case a.Network == "unix" && strings.HasPrefix(a.Path, "@"):
		return "abns@" + a.Path[1:]
	case a.Network == "unix":
		return a.Path
	case a.Network == "fd":
		return a.String()
	}
	host := a.Host
	if host == "" {
		host = "0.0.0.0"
		if a.Network == "tcp6" {
			host = "::"
		}
	}
	return host + ":" + strconv.Itoa(a.Port)
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

func (p *Proxy) closeListeners() {
	for _, e := range p.frontends {
		for _, l := range e.bindings {
			if l.listener.Listener != nil {
				l.listener.Close()
				l.listener.Listener = nil
			}
		}
	}
	p.closeRelays()
	for _, l := range p.runtime.listeners {
		l.Close()
	}
	p.runtime.listeners = nil
}
