//go:build !linux

package http1

import (
	"net"
	"syscall"
)

// transfer is not to be had here: net.Conn does.
type transfer struct{}

func newTransfer() *transfer { return nil }

func rawSocket(net.Conn) syscall.RawConn { return nil }

func (*transfer) read(syscall.RawConn, []byte) (int, error) { return 0, nil }

func (*transfer) write(syscall.RawConn, []byte) (int, error) { return 0, nil }

func (*transfer) ask(_ syscall.RawConn, _, _ []byte) (sent, n int, err error) { return 0, 0, nil }
