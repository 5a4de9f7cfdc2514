package socket

import (
	"strings"
	"syscall"
	"time"
)

// Connection is what is asked of the system for each connection. What is zero is left to the system.
type Connection struct {
	KeepAlive                 KeepAlive
	UserTimeout               time.Duration // for data sent and not acknowledged
	ReceiveBuffer, SendBuffer int           // bytes
	Interface                 string        // to go out by
	LatePort                  bool          // a port is chosen when it is known where the connection leads
}

// KeepAlive is when the system probes a peer that is silent.
type KeepAlive struct {
	Enabled        bool
	Count          int // probes without an answer after which the connection is broken
	Idle, Interval time.Duration
}

// Control sets what is asked for, for a net.Dialer.
func (c *Connection) Control(network, _ string, raw syscall.RawConn) error {
	if !strings.HasPrefix(network, "tcp") {
		return nil
	}
	return c.apply(raw)
}
