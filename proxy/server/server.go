// Package server holds the servers of a backend: which one is next, connections to it, and those that wait for reuse.
package server

import (
	"context"
	"net"
	"sync/atomic"
	"time"

	"tidelock/proxy/http1"
)

// Server is one line "server NAME ADDRESS" of a backend.
type Server struct {
	Name    string
	Network string // "tcp" or "unix"; empty for tcp
	Address string // host:port, or the path of a socket
	Weight  int    // 0 to 256; 0 takes no traffic

	Stats Stats
	pool  pool
}

// Stats counts what a server did. The fields are safe for concurrent use.
type Stats struct {
	Requests      atomic.Int64 // exchanges sent to the server
	Connections   atomic.Int64 // connections opened
	Reused        atomic.Int64 // exchanges on a connection that had carried one
	ConnectErrors atomic.Int64
	BytesIn       atomic.Int64 // from the server
	BytesOut      atomic.Int64 // to the server
	Active        atomic.Int64 // exchanges under way
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
		s.Stats.ConnectErrors.Add(1)
		return nil, err
	}
	s.Stats.Connections.Add(1)
	return &Conn{Conn: http1.NewConn(nc), Server: s}, nil
}

// Close closes the connection and counts its bytes.
func (c *Conn) Close() error {
	c.Server.Stats.BytesIn.Add(c.Received())
	c.Server.Stats.BytesOut.Add(c.Sent())
	return c.Conn.Close()
}

// Close closes the idle connections; those in use are closed by their users, and none is kept any more.
func (s *Server) Close() { s.pool.close() }
