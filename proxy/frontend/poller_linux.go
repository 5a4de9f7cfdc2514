package frontend

import (
	"os"
	"syscall"
)

// poller tells of input on the connections in a lot. It waits for all of them by one descriptor of epoll, itself watched by
// the runtime's own poller, so that it costs a goroutine and no thread.
type poller struct {
	lot      *lot
	file     *os.File
	fd       int
	sessions map[int]*session // by descriptor; guarded by the lot's mu
}

// newPoller returns nil when the system refuses. The lot's mu is held.
func newPoller(l *lot) *poller {
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil
	}
	if err := syscall.SetNonblock(fd, true); err != nil {
		syscall.Close(fd)
		return nil
	}
	p := &poller{lot: l, file: os.NewFile(uintptr(fd), "epoll"), fd: fd, sessions: map[int]*session{}}
	go p.run()
	return p
}

// watch begins to wait for input on a session's connection. Only what has a socket of its own and nothing between can be
// waited for: TLS may have decrypted already what the socket then no longer has.
func (p *poller) watch(s *session) bool {
	c, ok := s.client.Net().(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return false
	}
	err = raw.Control(func(fd uintptr) {
		s.place.fd = int(fd)
		event := syscall.EpollEvent{Events: syscall.EPOLLIN | syscall.EPOLLRDHUP, Fd: int32(fd)}
		ok = syscall.EpollCtl(p.fd, syscall.EPOLL_CTL_ADD, int(fd), &event) == nil
	})
	if err != nil || !ok {
		return false
	}
	p.sessions[s.place.fd] = s
	return true
}

// forget ends what watch began.
func (p *poller) forget(fd int) {
	delete(p.sessions, fd)
	syscall.EpollCtl(p.fd, syscall.EPOLL_CTL_DEL, fd, nil)
}

func (p *poller) close() { p.file.Close() }

func (p *poller) run() {
	raw, err := p.file.SyscallConn()
	if err != nil {
		return
	}
	var events [128]syscall.EpollEvent
	raw.Read(func(fd uintptr) (done bool) {
		for {
			n, err := syscall.EpollWait(int(fd), events[:], 0)
			if err == syscall.EINTR {
				continue
			}
			if n <= 0 {
				return false // the runtime waits until there is something, or the file is closed
			}
			p.lot.wake(p.ready(events[:n]))
		}
	})
}

// ready takes the sessions that events tell of out of the lot.
func (p *poller) ready(events []syscall.EpollEvent) []*session {
	p.lot.mu.Lock()
	defer p.lot.mu.Unlock()
	sessions := make([]*session, 0, len(events))
	for i := range events {
		if s := p.sessions[int(events[i].Fd)]; s != nil {
			p.lot.take(s)
			sessions = append(sessions, s)
		}
	}
	return sessions
}
