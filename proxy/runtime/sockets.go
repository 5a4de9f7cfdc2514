package runtime

import "net"

// ListeningSockets returns the command by which a process that takes over asks for this one's listening sockets; send
// passes them on. It works on Unix sockets that were told to expose them.
func ListeningSockets(send func(*net.UnixConn) error) Command {
	return Command{Words: "_getsocks", Level: Admin, Run: func(c *Call) {
		conn, ok := c.conn.Conn.(*net.UnixConn)
		if !ok || !c.exposesListeners {
			c.Fail("Permission denied")
			return
		}
		send(conn) // an error is the other side's to notice: it tells what it did not get
		c.leaving = true
	}}
}
