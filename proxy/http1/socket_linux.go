package http1

import (
	"io"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// transfer is one look at a socket, or several with waits in between: it reads, it writes, or it writes a request and then reads
// the answer. net.Conn can do the first two as well, but tells the scheduler of every system call that it might block, which none
// of these does. A buffer brings it along, so that an idle connection has none.
type transfer struct {
	out, in []byte
	n       int // bytes read
	err     error
	step    func(fd uintptr) (done bool)
}

func newTransfer() *transfer {
	t := new(transfer)
	t.step = t.advance
	return t
}

// rawSocket returns the way to the socket of a connection that is nothing more than one, else nil.
func rawSocket(nc net.Conn) syscall.RawConn {
	switch nc.(type) {
	case *net.TCPConn, *net.UnixConn:
		if raw, err := nc.(syscall.Conn).SyscallConn(); err == nil {
			return raw
		}
	}
	return nil
}

// read waits for input, which it takes into p.
func (t *transfer) read(raw syscall.RawConn, p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	t.in, t.n = p, 0
	err := t.finish(raw.Read(t.step))
	return t.n, err
}

// write waits until the peer has taken all of p.
func (t *transfer) write(raw syscall.RawConn, p []byte) (sent int, err error) {
	t.out = p
	err = raw.Write(t.step)
	sent = len(p) - len(t.out)
	return sent, t.finish(err)
}

// ask sends out and waits for input, in one go. Written and read one after the other a socket would be read twice: a first time in
// vain, because nothing can be there before the request is. If the peer does not take all of out at once, ask does not wait.
// What arrived before is no answer, and would be missed: nothing may be due by then. An error may be one of waiting.
func (t *transfer) ask(raw syscall.RawConn, out, in []byte) (sent, n int, err error) {
	t.out, t.in, t.n = out, in, 0
	err = raw.Read(t.step)
	sent = len(out) - len(t.out)
	err = t.finish(err)
	return sent, t.n, err
}

// finish returns the error of what is over, which is that of waiting unless something else went wrong.
func (t *transfer) finish(waiting error) error {
	err := t.err
	if err == nil {
		err = waiting
	}
	t.out, t.in, t.err = nil, nil, nil
	return err
}

// advance is called at once, unless a deadline has passed already, and then whenever the socket may be ready again.
func (t *transfer) advance(fd uintptr) bool {
	for len(t.out) > 0 {
		n, errno := attempt(unix.SYS_SENDTO, fd, t.out)
		t.out = t.out[n:]
		switch {
		case errno == unix.EAGAIN:
			return t.in != nil // ask does not wait for a peer to take more
		case errno != 0:
			t.err = os.NewSyscallError("sendto", errno)
			return true
		case len(t.out) == 0:
			return t.in == nil
		}
	}
	if t.in == nil {
		return true
	}
	n, errno := attempt(unix.SYS_RECVFROM, fd, t.in)
	switch {
	case errno == unix.EAGAIN:
		return false
	case errno != 0:
		t.err = os.NewSyscallError("recvfrom", errno)
	case n == 0:
		t.err = io.EOF
	}
	t.n = n
	return true
}
