// Package check finds out whether a server works: it connects, sends and looks at what comes back, step by step (manual,
// section 4.2, "http-check", "tcp-check"). What servers send is hostile: it is read within bounds of size and time, and a
// part of it may end up in messages, made printable. How often a server is checked, and what follows from the result, is
// package server's.
package check

import (
	"context"
	"errors"
	"net"
	"os"
	"syscall"

	"tidelock/proxy/server"
	"tidelock/proxy/stream"
)

// Dial opens a connection to the server that is checked.
type Dial func(ctx context.Context, s *server.Server) (net.Conn, error)

// Connect returns a check that a connection can be opened.
func Connect(dial Dial) func(context.Context, *server.Server) server.Result {
	return func(ctx context.Context, s *server.Server) server.Result {
		c, err := dial(ctx, s)
		if err != nil {
			return connectFailure(err)
		}
		reset(c)
		if _, secured := c.(interface{ TLS() *stream.TLS }); secured {
			return server.Result{Status: server.Layer6OK}
		}
		return server.Result{Status: server.Layer4OK}
	}
}

// reset closes a connection that nobody waits for without leaving a trace in the system's tables.
func reset(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	c.Close()
}

// connectFailure says why there is no connection.
func connectFailure(err error) server.Result {
	var handshake *server.HandshakeError
	opened := errors.As(err, &handshake)
	switch {
	case opened && isTimeout(err):
		return server.Result{Status: server.Layer6Timeout}
	case opened:
		return server.Result{Status: server.Layer6Response, Info: "SSL handshake failure"}
	case isTimeout(err):
		return server.Result{Status: server.Layer4Timeout}
	}
	return server.Result{Status: server.Layer4Error, Info: SystemError(err)}
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) ||
		errors.As(err, &timeout) && timeout.Timeout()
}

// systemErrors are the C library's words for errors that connections meet.
var systemErrors = map[syscall.Errno]string{
	syscall.ECONNREFUSED: "Connection refused", syscall.ECONNRESET: "Connection reset by peer",
	syscall.ENETUNREACH: "Network is unreachable", syscall.EHOSTUNREACH: "No route to host", syscall.ETIMEDOUT: "Connection timed out",
	syscall.ENOENT: "No such file or directory", syscall.EACCES: "Permission denied", syscall.EPIPE: "Broken pipe",
	syscall.EADDRNOTAVAIL: "Cannot assign requested address",
}

// SystemError returns what the system calls an error.
func SystemError(err error) string {
	var number syscall.Errno
	if errors.As(err, &number) {
		if text, ok := systemErrors[number]; ok {
			return text
		}
		return number.Error()
	}
	return err.Error()
}
