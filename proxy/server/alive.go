package server

import "syscall"

// Alive reports whether an idle connection is still open and silent. It costs a system call, so only requests that could
// not be sent a second time ask. Where the system cannot tell, the answer is yes.
func (c *Conn) Alive() bool {
	sc, ok := c.Net().(syscall.Conn)
	if !ok {
		return true
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return false
	}
	alive := true
	err = raw.Read(func(fd uintptr) bool {
		alive = silent(int(fd))
		return true
	})
	return err == nil && alive
}
