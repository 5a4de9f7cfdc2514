//go:build unix && !linux

package server

import "syscall"

// silent looks for input, an end or an error, without taking anything and without waiting.
func silent(fd int, b []byte) bool {
	for {
		_, _, err := syscall.Recvfrom(fd, b, syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		if err != syscall.EINTR {
			return err == syscall.EAGAIN
		}
	}
}
