package socket

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

func (c *Connection) apply(raw syscall.RawConn) error { return apply(raw, c.options(), c.Interface) }

// options are those that connections inherit from a socket that listens, too.
func (c *Connection) options() []option {
	var options []option
	set := func(level, name, value int) {
		if value > 0 {
			options = append(options, option{level, name, value})
		}
	}
	set(unix.SOL_SOCKET, unix.SO_RCVBUF, c.ReceiveBuffer)
	set(unix.SOL_SOCKET, unix.SO_SNDBUF, c.SendBuffer)
	set(unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(c.UserTimeout/time.Millisecond))
	if c.LatePort {
		set(unix.SOL_IP, unix.IP_BIND_ADDRESS_NO_PORT, 1)
	}
	if k := c.KeepAlive; k.Enabled {
		set(unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1)
		set(unix.IPPROTO_TCP, unix.TCP_KEEPCNT, k.Count)
		set(unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, int(k.Idle/time.Second))
		set(unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, int(k.Interval/time.Second))
	}
	return options
}
