//go:build !race

package http1

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// attempt reads or writes what it can without waiting.
func attempt(call, fd uintptr, p []byte) (int, syscall.Errno) {
	for {
		n, _, errno := unix.RawSyscall(call, fd, uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)))
		switch errno {
		case 0:
			return int(n), 0
		case unix.EINTR:
		default:
			return 0, errno
		}
	}
}
