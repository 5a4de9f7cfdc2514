//go:build !race

package http1

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// attempt receives or sends what it can without waiting: SYS_RECVFROM and SYS_SENDTO do less than SYS_READ and SYS_WRITE, which
// serve files of every kind.
func attempt(call, fd uintptr, p []byte) (int, syscall.Errno) {
	for {
		n, _, errno := unix.RawSyscall6(call, fd, uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), unix.MSG_NOSIGNAL, 0, 0)
		switch errno {
		case 0:
			return int(n), 0
		case unix.EINTR:
		default:
			return 0, errno
		}
	}
}
