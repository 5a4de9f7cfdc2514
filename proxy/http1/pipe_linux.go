package http1

import (
	"io"
	"net"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// pipe carries bytes from one socket to another inside the kernel (splice(2)).
type pipe struct {
	r, w    int
	pending int // bytes in it
}

// pipeRoom is how much a pipe holds: what the system gives without being asked.
const pipeRoom = 64 << 10

// pipes are those at rest. They are empty. What the pool forgets the collector closes.
var pipes sync.Pool

// pipesUsed counts those that are not at rest.
var pipesUsed atomic.Int64

// takePipe returns an empty pipe, or nil when there may be no more.
func takePipe(limit int) *pipe {
	if pipesUsed.Add(1) > int64(limit) {
		pipesUsed.Add(-1)
		return nil
	}
	if p, ok := pipes.Get().(*pipe); ok {
		return p
	}
	var ends [2]int
	if unix.Pipe2(ends[:], unix.O_CLOEXEC|unix.O_NONBLOCK) != nil {
		pipesUsed.Add(-1)
		return nil
	}
	p := &pipe{r: ends[0], w: ends[1]}
	runtime.SetFinalizer(p, (*pipe).close)
	return p
}

// giveBack lets others use the pipe. One that is not empty is closed.
func (p *pipe) giveBack() {
	pipesUsed.Add(-1)
	if p.pending > 0 {
		runtime.SetFinalizer(p, nil)
		p.close()
		return
	}
	pipes.Put(p)
}

func (p *pipe) close() {
	unix.Close(p.r)
	unix.Close(p.w)
}

// splice moves bytes between a socket and a pipe. It reports unix.EAGAIN when the socket is not ready.
func splice(from, to int, most int) (int, error) {
	for {
		n, err := unix.Splice(from, nil, to, nil, most, unix.SPLICE_F_MOVE|unix.SPLICE_F_NONBLOCK)
		if err != unix.EINTR {
			return int(n), err
		}
	}
}

// kernelPath is how bytes go from one connection to another without a detour through the process. It holds a pipe only
// while there is something in it, so that connections on which nothing moves hold none.
type kernelPath struct {
	source, destination syscall.RawConn
	limit               int // of pipes in the process
	pipe                *pipe
	most                int // bytes to take next
	n                   int
	err                 error
	fill, drain         func(fd uintptr) (done bool)
}

var kernelPaths = sync.Pool{New: func() any {
	k := new(kernelPath)
	k.fill, k.drain = k.fillOnce, k.drainOnce
	return k
}}

// newKernelPath returns the path between two connections, or nil where there is none. End gives it back.
func newKernelPath(from, to net.Conn, limit int) *kernelPath {
	source, ok := from.(*net.TCPConn)
	if !ok {
		return nil
	}
	destination, ok := to.(*net.TCPConn)
	if !ok || limit <= 0 {
		return nil
	}
	in, err := source.SyscallConn()
	if err != nil {
		return nil
	}
	out, err := destination.SyscallConn()
	if err != nil {
		return nil
	}
	k := kernelPaths.Get().(*kernelPath)
	k.source, k.destination, k.limit = in, out, limit
	return k
}

// end gives the path back.
func (k *kernelPath) end() {
	if k.pipe != nil {
		k.pipe.giveBack()
		k.pipe = nil
	}
	k.source, k.destination = nil, nil
	kernelPaths.Put(k)
}

// receive waits for input and puts it into the pipe, no more than most bytes.
func (k *kernelPath) receive() (int, error) {
	k.n, k.err = 0, nil
	if err := k.source.Read(k.fill); err != nil {
		return 0, err
	}
	if k.err == nil && k.n == 0 {
		return 0, io.EOF
	}
	return k.n, k.err
}

func (k *kernelPath) fillOnce(fd uintptr) bool {
	if k.pipe == nil {
		if k.pipe = takePipe(k.limit); k.pipe == nil {
			k.err = errNoPipe
			return true
		}
	}
	n, err := splice(int(fd), k.pipe.w, min(k.most, pipeRoom))
	if err != nil || n == 0 {
		k.pipe.giveBack()
		k.pipe = nil
		if err == unix.EAGAIN {
			return false
		}
	}
	k.n = max(n, 0)
	if err != nil {
		k.err = os.NewSyscallError("splice", err)
		return true
	}
	if k.pipe != nil {
		k.pipe.pending += n
	}
	return true
}

// send waits until the peer takes some of what is in the pipe.
func (k *kernelPath) send() (int, error) {
	k.n, k.err = 0, nil
	if err := k.destination.Write(k.drain); err != nil {
		return 0, err
	}
	return k.n, k.err
}

func (k *kernelPath) drainOnce(fd uintptr) bool {
	n, err := splice(k.pipe.r, int(fd), k.pipe.pending)
	if err == unix.EAGAIN {
		return false
	}
	k.n = max(n, 0)
	k.pipe.pending -= k.n
	if err != nil {
		k.err = os.NewSyscallError("splice", err)
	}
	return true
}

// pending returns how many bytes are on their way.
func (k *kernelPath) pending() int {
	if k.pipe == nil {
		return 0
	}
	return k.pipe.pending
}
