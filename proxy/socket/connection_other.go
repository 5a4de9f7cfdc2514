//go:build !linux

package socket

import (
	"errors"
	"syscall"
)

// apply refuses what would change where a connection goes. The rest tunes only.
func (c *Connection) apply(syscall.RawConn) error {
	if c.Interface != "" {
		return errors.ErrUnsupported
	}
	return nil
}
