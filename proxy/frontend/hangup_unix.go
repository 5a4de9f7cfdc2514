//go:build unix

package frontend

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// hungUp reports whether a connection is closed in both directions: nobody waits for what is sent on it. TCP can tell only
// after a reset.
func hungUp(c syscall.Conn) (gone bool) {
	raw, err := c.SyscallConn()
	if err != nil {
		return true
	}
	err = raw.Control(func(fd uintptr) {
		polled := []unix.PollFd{{Fd: int32(fd)}}
		n, _ := unix.Poll(polled, 0)
		gone = n > 0 && polled[0].Revents&(unix.POLLHUP|unix.POLLERR) != 0
	})
	return err != nil || gone
}
