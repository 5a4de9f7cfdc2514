package main

import (
	"fmt"
	"net"
	"os"
	"syscall"

	"tidelock/proxy/runtime"
)

// A session of the master's runtime API reaches a worker as one end of a socket pair, passed on over the connection between
// the two, with a message of two bytes: the level and the modes that the session has.

// passSession opens a session with the worker at the other end of control.
func passSession(control *net.UnixConn, level runtime.Level, mode runtime.Mode) (net.Conn, error) {
	ours, theirs, err := socketPair()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	rights := syscall.UnixRights(int(theirs.Fd()))
	if _, _, err := control.WriteMsgUnix([]byte{byte(level), byte(mode)}, rights, nil); err != nil {
		ours.Close()
		return nil, err
	}
	return ours, nil
}

// receiveSession waits for a session. At the master's end the error is io.EOF.
func receiveSession(control *net.UnixConn) (net.Conn, runtime.Level, runtime.Mode, error) {
	message, rights := make([]byte, 2), make([]byte, syscall.CmsgSpace(4))
	n, nr, _, _, err := control.ReadMsgUnix(message, rights)
	if err != nil {
		return nil, 0, 0, err
	}
	messages, err := syscall.ParseSocketControlMessage(rights[:nr])
	if err != nil || n != len(message) || len(messages) != 1 {
		return nil, 0, 0, fmt.Errorf("a message of %d bytes from the master: %w", n, err)
	}
	fds, err := syscall.ParseUnixRights(&messages[0])
	if err != nil || len(fds) != 1 {
		return nil, 0, 0, fmt.Errorf("%d descriptors from the master: %w", len(fds), err)
	}
	syscall.CloseOnExec(fds[0])
	c, err := unixConn(os.NewFile(uintptr(fds[0]), "master"))
	return c, runtime.Level(message[0]), runtime.Mode(message[1]), err
}
