// Package socket opens listening sockets, with what HAProxy's bind lines ask of the system.
package socket

import (
	"context"
	"net"
	"os"
	"time"
)

// Options say where to listen, and how. The zero value of an option leaves it to the system.
type Options struct {
	Network string // "tcp", "tcp4", "tcp6", "unix", or "fd" for a socket that was inherited
	Address string // host:port, a path, or "@" and the name of an abstract socket
	FD      int    // of the inherited socket

	Exclusive   bool          // no other process may bind the port meanwhile
	Backlog     int           // connections that wait to be accepted
	Interface   string        // that connections must come in by
	MSS         int           // largest segment; below zero, what is taken off the system's
	UserTimeout time.Duration // for data sent and not acknowledged
	FastOpen    bool          // data may come with the first packet
	DeferAccept bool          // accept only once the client has sent something
	Transparent bool          // addresses that are not the machine's may be bound
	Connection  Connection    // what is accepted inherits

	Permission os.FileMode // of a unix socket
	UID, GID   *int        // its owner
}

// Listen opens a listener. Its connections have no keep-alive probes: timeouts find dead peers.
func Listen(ctx context.Context, o Options) (net.Listener, error) {
	switch {
	case o.Network == "fd":
		return inherited(o)
	case o.Network == "unix" && o.Address != "" && o.Address[0] != '@':
		return listenUnix(ctx, o)
	case o.Network == "unix":
		o.Address = abstract(o.Address)
	}
	config := net.ListenConfig{KeepAlive: -1, Control: o.control}
	config.SetMultipathTCP(false) // its sockets do not take all of these options
	l, err := config.Listen(ctx, o.Network, o.Address)
	if err != nil {
		return nil, err
	}
	if err := o.tune(l); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// ListenPacket opens a socket for datagrams.
func ListenPacket(ctx context.Context, o Options) (net.PacketConn, error) {
	config := net.ListenConfig{Control: o.control}
	return config.ListenPacket(ctx, o.Network, o.Address)
}

// inherited takes a socket over that whoever started the process had opened.
func inherited(o Options) (net.Listener, error) {
	file := os.NewFile(uintptr(o.FD), "inherited socket")
	if file == nil {
		return nil, os.ErrInvalid
	}
	defer file.Close()
	return net.FileListener(file)
}

// abstractLength is that of all abstract names: HAProxy fills them up with NUL, and so must who wants to meet it.
const abstractLength = 108

func abstract(name string) string {
	filled := make([]byte, abstractLength)
	copy(filled, "@"+name[min(1, len(name)):])
	return string(filled)
}
