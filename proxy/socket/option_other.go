//go:build !linux

package socket

import (
	"errors"
	"net"
	"syscall"
)

// control refuses what only Linux has and would change who can connect.
func (o *Options) control(string, string, syscall.RawConn) error {
	if o.Transparent || o.Interface != "" {
		return errors.ErrUnsupported
	}
	return nil
}

// tune leaves sockets as the system makes them: the rest tunes only.
func (o *Options) tune(net.Listener) error { return nil }
