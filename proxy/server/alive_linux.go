package server

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// silent looks for input, an end or an error, without taking anything and without waiting. The scheduler is told nothing of
// it: told for every request it would keep its monitor awake.
func silent(fd int, b []byte) bool {
	for {
		_, _, errno := unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)),
			unix.MSG_PEEK|unix.MSG_DONTWAIT, 0, 0)
		if errno != unix.EINTR {
			return errno == unix.EAGAIN
		}
	}
}
