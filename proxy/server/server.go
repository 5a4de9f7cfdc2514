// Package server holds the servers of a backend: which one is next, connections to it, and those that wait for reuse.
package server

import (
	"context"
	"net"
	"time"

	"tidelock/proxy/http1"
	"tidelock/proxy/stream"
)

// Server is one line "server NAME ADDRESS" of a backend.
type Server struct {
	stream.Server // its name, number and counters

	Network string // "tcp" or "unix"; empty for tcp
	Address string // host:port, or the path of a socket
	Weight  int    // 0 to 256; 0 takes no traffic

	pool pool
}

// Conn is a connection to a server.
type Conn struct {
	*http1.Conn
	Server    *Server
	Exchanges int // finished on this connection
	idleSince time.Time
	probe     probe
}

// Dial opens a connection, waiting at most timeout; 0 waits as long as the system does.
func (s *Server) Dial(ctx context.Context, timeout time.Duration) (*Conn, error) {
	network := s.Network
	if network == "" {
		network = "tcp"
	}
	// Keep-alive probes are off, as in HAProxy: timeouts find dead peers.
	dialer := net.Dialer{Timeout: timeout, KeepAlive: -1}
	nc, err := dialer.DialContext(ctx, network, s.Address)
	if err != nil {
		return nil, err
	}
	return &Conn{Conn: http1.NewConn(nc), Server: s}, nil
}

// Close closes the idle connections; those in use are closed by their users, and none is kept any more.
func (s *Server) Close() { s.pool.close() }
