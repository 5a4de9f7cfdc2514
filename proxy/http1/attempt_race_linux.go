//go:build race

package http1

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// attempt receives or sends what it can without waiting, in a way that the race detector sees: whoever reads what another has
// written to a socket goes on after that one.
func attempt(call, fd uintptr, p []byte) (int, syscall.Errno) {
	transfer := syscall.Read
	if call == unix.SYS_SENDTO {
		transfer = syscall.Write
	}
	for {
		n, err := transfer(int(fd), p)
		if err == unix.EINTR {
			continue
		}
		errno, _ := err.(syscall.Errno)
		return max(n, 0), errno
	}
}
