//go:build unix

// Package handover gives the listening sockets of a process to the one that follows it, over a Unix socket. Both then hold
// the same socket: clients that wait in its queue are not lost when the old process closes its side, as they would be if
// the new one had opened a socket of its own. It knows nothing of proxies.
package handover

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"sync"
	"syscall"
)

// Sockets are the listening sockets of a process: those that it may take over, and those that it listens on. The zero
// value is ready for use.
type Sockets struct {
	mu       sync.Mutex
	offered  []offer
	listened []socket
}

// offer is a socket that the process before listens on.
type offer struct {
	name
	file *os.File
}

// socket is one that this process listens on.
type socket struct {
	name
	listener net.Listener
}

// name is what sockets are recognised by: how the configuration names them, not where they turned out to listen.
type name struct {
	Network string `json:"network"`
	Address string `json:"address"`
}

// Listen takes over the socket that the process before listened on under the same network and address, or else opens it.
func (s *Sockets) Listen(network, address string, open func() (net.Listener, error)) (net.Listener, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	wanted := name{network, address}
	l, err := s.take(wanted)
	if l == nil && err == nil {
		l, err = open()
	}
	if err == nil {
		s.listened = append(s.listened, socket{wanted, l})
	}
	return l, err
}

// take returns the listener of an offered socket, nil when there is none.
func (s *Sockets) take(wanted name) (net.Listener, error) {
	i := slices.IndexFunc(s.offered, func(o offer) bool { return o.name == wanted })
	if i < 0 {
		return nil, nil
	}
	file := s.offered[i].file
	s.offered = slices.Delete(s.offered, i, i+1)
	defer file.Close()
	return net.FileListener(file)
}

// Decline closes what was offered and not taken: without this, clients could still connect to what nobody serves.
func (s *Sockets) Decline() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.offered {
		o.file.Close()
	}
	s.offered = nil
}

// Send gives the sockets that this process listens on to the process at the other end. It goes on listening. Listeners that
// remove the path of a Unix socket when they are closed must be told not to: it is the other's from now on.
func (s *Sockets) Send(c *net.UnixConn) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []name
	var files []*os.File
	defer func() {
		for _, file := range files {
			file.Close()
		}
	}()
	for _, l := range s.listened {
		file, err := l.listener.(interface{ File() (*os.File, error) }).File()
		if errors.Is(err, net.ErrClosed) {
			continue // it has been stopped
		}
		if err != nil {
			return fmt.Errorf("handover: %s: %w", l.Address, err)
		}
		names, files = append(names, l.name), append(files, file)
	}
	return send(c, names, files)
}

// Receive takes what Send gives, as an offer for Listen.
func (s *Sockets) Receive(c *net.UnixConn) error {
	names, files, err := receive(c)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, n := range names {
		s.offered = append(s.offered, offer{n, files[i]})
	}
	return nil
}

// Relay sends on what was offered and not taken, which stays offered: a process that supervises others keeps their sockets
// for the next of them without listening itself.
func (s *Sockets) Relay(c *net.UnixConn) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	names, files := make([]name, len(s.offered)), make([]*os.File, len(s.offered))
	for i, o := range s.offered {
		names[i], files[i] = o.name, o.file
	}
	return send(c, names, files)
}

// descriptor returns the number of a file's descriptor while use runs. File.Fd would make the socket block, for every
// process that has it.
func descriptor(f *os.File, use func(fd int)) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	return raw.Control(func(fd uintptr) { use(int(fd)) })
}

// rights returns the control message that carries the files.
func rights(files []*os.File) ([]byte, error) {
	var fds []int
	for _, f := range files {
		if err := descriptor(f, func(fd int) { fds = append(fds, fd) }); err != nil {
			return nil, err
		}
	}
	return syscall.UnixRights(fds...), nil
}
