package host

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"syscall"
	"time"
)

// file is what a script's FILE* stands for: an open file, or one end of a pipe to a process. Like C's it has one
// position, for reading and writing, and is buffered: small reads and writes need no waiting.
type file struct {
	os       openFile // nil: closed
	process  *process // nil: not made by io.popen
	writable bool
	input    *bufio.Reader // nil until the first read
	output   []byte        // written, not yet flushed
	mode     bufferMode
	size     int // of output when it is flushed
}

// openFile is an *os.File, or a text in memory.
type openFile interface {
	io.ReadWriteSeeker
	io.Closer
	deadliner
}

type bufferMode byte

const (
	bufferFull bufferMode = iota
	bufferLine
	bufferNone
)

const (
	fileBuffer    = 16 << 10 // bytes, of input and of output, unless setvbuf says otherwise
	maxFileBuffer = 1 << 20
)

func newFile(f openFile, writable bool) *file {
	return &file{os: f, writable: writable, size: fileBuffer}
}

// Read implements io.Reader, for the buffer.
func (f *file) Read(p []byte) (int, error) { return f.os.Read(p) }

// reader returns the buffered input. Output is to be flushed before.
func (f *file) reader() *bufio.Reader {
	if f.input == nil {
		f.input = bufio.NewReaderSize(f, fileBuffer)
	}
	return f.input
}

// buffered returns the input that can be read without waiting.
func (f *file) buffered() []byte {
	if f.input == nil || len(f.output) > 0 {
		return nil
	}
	ahead, _ := f.input.Peek(f.input.Buffered())
	return ahead
}

// write adds to the output and reports whether it has to be flushed now.
func (f *file) write(p []byte) (full bool) {
	f.output = append(f.output, p...)
	switch f.mode {
	case bufferLine:
		return bytes.IndexByte(p, '\n') >= 0 || len(f.output) >= f.size
	case bufferFull:
		return len(f.output) >= f.size
	}
	return true
}

// forgetInput puts the file's position where the script believes it to be, before it writes or seeks.
func (f *file) forgetInput() error {
	if f.input == nil || f.input.Buffered() == 0 {
		return nil
	}
	_, err := f.os.Seek(-int64(f.input.Buffered()), io.SeekCurrent)
	f.input.Reset(f)
	return err
}

// flush writes the output. What cannot be written is lost, as in C.
func (f *file) flush(ctx context.Context) error {
	if len(f.output) == 0 {
		return nil
	}
	defer interruptible(ctx, f.os)()
	_, err := f.os.Write(f.output)
	f.output = f.output[:0]
	return err
}

// finish flushes and closes.
func (f *file) finish(ctx context.Context) error {
	if f.os == nil {
		return syscall.EBADF
	}
	err := f.flush(ctx)
	if closeErr := f.os.Close(); err == nil {
		err = closeErr
	}
	f.os, f.input, f.output = nil, nil, nil
	return err
}

// Close implements io.Closer: the end of the execution. A process that still runs is killed, and what was written to it
// is dropped: something that it has started may hold the pipe open without reading it.
func (f *file) Close() error {
	if f.process != nil {
		f.process.kill()
		defer f.process.wait()
		f.output = nil
	}
	return f.finish(context.Background())
}

// deadliner is an open connection or pipe. Regular files refuse deadlines; they do not need them.
type deadliner interface{ SetDeadline(time.Time) error }

// interruptible makes reads and writes of d fail at once when ctx ends, until the function that it returns is called.
func interruptible(ctx context.Context, d deadliner) (done func()) {
	if ctx.Done() == nil {
		return func() {}
	}
	stop := context.AfterFunc(ctx, func() { d.SetDeadline(time.Unix(1, 0)) }) //nolint:errcheck // see deadliner
	return func() { stop() }
}
