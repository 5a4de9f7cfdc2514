package http1

import (
	"sync"
	"sync/atomic"
)

// Tuning is what the global section says of buffers. The zero value of a field means its default.
type Tuning struct {
	BufferSize int // tune.bufsize: most that is buffered in each direction
	// MaxRewrite (tune.maxrewrite) is what a message's head must leave of the buffer for what rules add.
	MaxRewrite int
	MaxHeaders int // tune.http.maxhdr
	// AnyPayload accepts bodies of GET, HEAD and DELETE in HTTP/1.0 (h1-accept-payload-with-any-method).
	AnyPayload bool
	MaxPipes   int // maxpipes: how many may be in use at a time; below 0 for none (nosplice)
}

// The defaults of Tuning are HAProxy's.
const (
	DefaultBufferSize = 16384
	DefaultMaxRewrite = 1024
	DefaultMaxHeaders = 101
)

// defaultMaxPipes is ours: they are in use only while bytes are on their way between two sockets.
const defaultMaxPipes = 1024

// limits is Tuning in force, with the buffers of its size.
type limits struct {
	Tuning
	large sync.Pool
}

var tuned atomic.Pointer[limits]

func init() { Tune(Tuning{}) }

// Tune sets what holds for connections that are made from now on, in the whole process.
func Tune(t Tuning) {
	if t.BufferSize == 0 {
		t.BufferSize = DefaultBufferSize
	}
	if t.MaxRewrite == 0 {
		t.MaxRewrite = DefaultMaxRewrite
	}
	if t.MaxRewrite >= t.BufferSize {
		t.MaxRewrite = t.BufferSize / 2
	}
	if t.MaxHeaders == 0 {
		t.MaxHeaders = DefaultMaxHeaders
	}
	if t.MaxPipes == 0 {
		t.MaxPipes = defaultMaxPipes
	}
	l := &limits{Tuning: t}
	l.large.New = func() any { return newBuffer(t.BufferSize, &l.large) }
	tuned.Store(l)
}

// buffer is memory lent by a pool.
type buffer struct {
	bytes    []byte
	transfer *transfer // for the direction that has the buffer
	home     *sync.Pool
}

func newBuffer(size int, home *sync.Pool) *buffer {
	return &buffer{make([]byte, size), newTransfer(), home}
}

// smallSize is what a direction begins with. Most heads fit, and ten thousand clients that send one byte after the other
// occupy little.
const smallSize = 2048

var small sync.Pool

func init() { small.New = func() any { return newBuffer(smallSize, &small) } }

func (l *limits) borrow() *buffer {
	if l.BufferSize <= smallSize {
		return l.large.Get().(*buffer)
	}
	return small.Get().(*buffer)
}

// grow replaces b by a buffer of full size that holds the same first n bytes.
func (l *limits) grow(b *buffer, n int) *buffer {
	larger := l.large.Get().(*buffer)
	copy(larger.bytes, b.bytes[:n])
	b.giveBack()
	return larger
}

func (b *buffer) giveBack() { b.home.Put(b) }
