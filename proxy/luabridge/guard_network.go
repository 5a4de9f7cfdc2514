package luabridge

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strconv"
	"time"

	"tidelock/host"
	"tidelock/proxy/capability"
	"tidelock/proxy/httpclient"
)

type (
	dialer   = func(ctx context.Context, network, address string) (net.Conn, error)
	resolver = func(ctx context.Context, network, name string) ([]netip.Addr, error)
)

// dial returns a function that opens connections as open does, where scripts may connect to. Names are looked up here, once:
// what was looked at is what is connected to, whatever the name resolves to a moment later.
func (g *guard) dial(open dialer, lookup resolver) dialer {
	if open == nil {
		open = new(net.Dialer).DialContext
	}
	sockets := g.about("unix-sockets")
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if network == "unix" {
			if err := sockets.ask(address, ""); err != nil {
				return nil, err
			}
			return open(ctx, network, address)
		}
		if g.note != nil {
			g.note("network", address)
		}
		if g.grant == nil {
			return open(ctx, network, address)
		}
		name, service, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		port, err := strconv.ParseUint(service, 10, 16)
		if err != nil {
			return nil, err
		}
		to, err := g.resolve(ctx, lookup, network, name, uint16(port))
		if err != nil {
			return nil, err
		}
		return dialEach(ctx, open, network, to)
	}
}

// resolve returns the addresses that scripts may connect to of those that a name has, or that address alone.
func (g *guard) resolve(ctx context.Context, lookup resolver, network, name string, port uint16) ([]netip.AddrPort, error) {
	destination := net.JoinHostPort(name, strconv.Itoa(int(port)))
	if address, err := netip.ParseAddr(name); err == nil {
		to := netip.AddrPortFrom(address.Unmap(), port)
		if !g.grant.AllowsAddress(to) {
			return nil, &capability.Denial{Capability: "network", Value: to.String()}
		}
		return []netip.AddrPort{to}, nil
	}
	if !g.grant.AllowsName(name, port) {
		return nil, &capability.Denial{Capability: "network", Value: destination}
	}
	addresses, err := lookup(ctx, "ip"+network[len("tcp"):], name)
	if err != nil {
		return nil, err
	}
	var permitted []netip.AddrPort
	err = &net.DNSError{Err: "no address", Name: name, IsNotFound: true}
	for _, address := range addresses {
		to := netip.AddrPortFrom(address.Unmap(), port)
		if g.grant.AllowsResolved(name, to) {
			permitted = append(permitted, to)
		} else {
			err = &capability.Denial{Capability: "network", Value: to.String(), Why: "which " + destination + " resolves to"}
		}
	}
	if len(permitted) > 0 {
		err = nil
	}
	return permitted, err
}

// dialEach opens a connection to the first address that takes one. Each has an even share of the time that is left.
func dialEach(ctx context.Context, open dialer, network string, to []netip.AddrPort) (c net.Conn, err error) {
	for i, address := range to {
		attempt, cancel := ctx, context.CancelFunc(func() {})
		if deadline, bounded := ctx.Deadline(); bounded && i < len(to)-1 {
			attempt, cancel = context.WithTimeout(ctx, time.Until(deadline)/time.Duration(len(to)-i))
		}
		c, err = open(attempt, network, address.String())
		cancel()
		if err == nil || ctx.Err() != nil {
			break
		}
	}
	return c, err
}

// raised makes denials errors that sockets raise in the script.
func raised(dial dialer) dialer {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		c, err := dial(ctx, network, address)
		if denied := (*capability.Denial)(nil); errors.As(err, &denied) {
			err = &host.DeniedError{Err: denied}
		}
		return c, err
	}
}

// client returns what sends the requests of the image's scripts: one with connections of its own, that others have not
// opened to where these may not go.
func (g *guard) client(shared *httpclient.Client) *httpclient.Client {
	if g == nil || shared == nil {
		return shared
	}
	settings := shared.Settings()
	lookup := net.DefaultResolver.LookupNetIP
	if ask := settings.Lookup; ask != nil && g.grant != nil {
		lookup = func(ctx context.Context, _, name string) ([]netip.Addr, error) {
			address, known := ask(ctx, name)
			if !known {
				return nil, &net.DNSError{Err: "no address", Name: name, IsNotFound: true}
			}
			return []netip.Addr{address}, nil
		}
		settings.Lookup = nil
	}
	settings.Dial = g.dial(settings.Dial, lookup)
	return httpclient.New(settings)
}
