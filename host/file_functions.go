package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
	"syscall"

	"tidelock/abi"
)

var errTooLarge = errors.New("too large")

func tooLarge(limit int) error {
	return fmt.Errorf("more than %d bytes cannot be read at once", limit)
}

// refuseArgument is an error about the last argument that was taken.
func (c *Call) refuseArgument(method, reason string) error {
	return fmt.Errorf("bad argument #%d to '%s' (%s)", c.count, method, reason)
}

// fileFunctions are the host functions of the io library and of what else takes file names. Where the system refuses,
// they return nil, message and error number.
//
//	file.open(name, mode) -> handle            io.popen(command, mode) -> handle
//	file.temporary() -> handle                 file.content(name) -> string
//	file.readable(name) -> boolean
//	file.read(handle, formats...) -> results   file.write(handle, strings...) -> true
//	file.seek(handle, whence, offset) -> position from the start
//	file.setvbuf(handle, mode, size) -> true   file.flush(handle) -> true
//	file.close(handle) -> true; for a process: true or nil, "exit" or "signal", code
//	os.remove(name) -> true    os.rename(from, to) -> true    os.tmpname() -> name
//
// Formats are Lua's; a number is returned as its numeral.
type fileFunctions struct {
	access  *fileAccess
	maxOpen int
	maxRead int
}

func (f *fileFunctions) library() Functions {
	return Functions{
		"file.open":      f.open,
		"file.temporary": f.temporary,
		"file.content":   f.content,
		"file.readable":  f.readable,
		"file.read":      f.read,
		"file.write":     fileWrite,
		"file.seek":      fileSeek,
		"file.setvbuf":   fileSetvbuf,
		"file.flush":     fileFlush,
		"file.close":     fileClose,
		"os.remove":      f.remove,
		"os.rename":      f.rename,
		"os.tmpname":     f.tmpname,
	}
}

// openFlags translates a mode of C's fopen, which Lua has checked.
func openFlags(mode string) (flags int, err error) {
	switch strings.TrimSuffix(mode, "b") {
	case "r":
		return os.O_RDONLY, nil
	case "r+":
		return os.O_RDWR, nil
	case "w":
		return os.O_WRONLY | os.O_CREATE | os.O_TRUNC, nil
	case "w+":
		return os.O_RDWR | os.O_CREATE | os.O_TRUNC, nil
	case "a":
		return os.O_WRONLY | os.O_CREATE | os.O_APPEND, nil
	case "a+":
		return os.O_RDWR | os.O_CREATE | os.O_APPEND, nil
	}
	return 0, fmt.Errorf("invalid mode %q", mode)
}

// name takes an argument that outlives the call.
func (c *Call) name() (string, error) {
	b, err := c.String()
	return string(b), err
}

func (f *fileFunctions) open(c *Call) error {
	name, err := c.name()
	if err != nil {
		return err
	}
	mode, err := c.name()
	if err != nil {
		return err
	}
	flags, err := openFlags(mode)
	if err != nil {
		return err
	}
	x := c.Execution
	return c.Park(func(_ context.Context, results *abi.Writer) error {
		if f.exhausted(x) {
			fail(results, name, syscall.EMFILE)
			return nil
		}
		opened, err := f.access.open(name, flags)
		if err != nil {
			fail(results, name, err)
			return nil
		}
		return x.give(newFile(opened, flags != os.O_RDONLY), results)
	})
}

// exhausted reports whether the execution holds as many files as it may.
func (f *fileFunctions) exhausted(x *Execution) bool {
	return x.handles.count(func(o any) bool { _, ok := o.(*file); return ok }) >= f.maxOpen
}

// give hands a new object to the script. When it cannot, the object is closed.
func (x *Execution) give(object io.Closer, results *abi.Writer) error {
	handle, err := x.Hold(object)
	if err != nil {
		object.Close()
		return err
	}
	results.Handle(handle)
	return nil
}

func (f *fileFunctions) temporary(c *Call) error {
	x := c.Execution
	return c.Park(func(_ context.Context, results *abi.Writer) error {
		if f.exhausted(x) {
			fail(results, "", syscall.EMFILE)
			return nil
		}
		created, name, err := f.access.create()
		if err != nil {
			fail(results, name, err)
			return nil
		}
		if err := f.access.remove(name); err != nil {
			created.Close()
			fail(results, name, err)
			return nil
		}
		return x.give(newFile(created, true), results)
	})
}

func (f *fileFunctions) tmpname(c *Call) error {
	return c.Park(func(_ context.Context, results *abi.Writer) error {
		created, name, err := f.access.create()
		if err != nil {
			fail(results, "", err)
			return nil
		}
		results.String(name)
		return created.Close()
	})
}

func (f *fileFunctions) content(c *Call) error {
	name, err := c.name()
	if err != nil {
		return err
	}
	return c.Park(func(_ context.Context, results *abi.Writer) error {
		opened, err := f.access.open(name, os.O_RDONLY)
		if err != nil {
			fail(results, "", err)
			return nil
		}
		defer opened.Close()
		data, err := readAll(opened, f.maxRead)
		switch {
		case errors.Is(err, errTooLarge):
			return tooLarge(f.maxRead)
		case err != nil:
			fail(results, "", err)
		default:
			results.StringBytes(data)
		}
		return nil
	})
}

func (f *fileFunctions) readable(c *Call) error {
	name, err := c.name()
	if err != nil {
		return err
	}
	return c.Park(func(_ context.Context, results *abi.Writer) error {
		opened, err := f.access.open(name, os.O_RDONLY)
		if err == nil {
			opened.Close()
		}
		results.Bool(err == nil)
		return nil
	})
}

func (f *fileFunctions) remove(c *Call) error {
	name, err := c.name()
	if err != nil {
		return err
	}
	return c.Park(func(_ context.Context, results *abi.Writer) error {
		report(results, name, f.access.remove(name))
		return nil
	})
}

func (f *fileFunctions) rename(c *Call) error {
	from, err := c.name()
	if err != nil {
		return err
	}
	to, err := c.name()
	if err != nil {
		return err
	}
	return c.Park(func(_ context.Context, results *abi.Writer) error {
		report(results, "", f.access.rename(from, to))
		return nil
	})
}

// report writes true, or what fail writes.
func report(results *abi.Writer, name string, err error) {
	if err != nil {
		fail(results, name, err)
		return
	}
	results.Bool(true)
}

// file takes the handle of an open file.
func (c *Call) file() (*file, error) {
	object, err := c.Object()
	if err != nil {
		return nil, err
	}
	f, ok := object.(*file)
	if !ok || f.os == nil {
		return nil, errors.New("attempt to use a closed file")
	}
	return f, nil
}

func (f *fileFunctions) read(c *Call) error {
	from, err := c.file()
	if err != nil {
		return err
	}
	formats, err := c.readFormats(f.maxRead)
	if err != nil {
		return err
	}
	if ready(formats, from.buffered()) {
		return from.read(context.Background(), formats, f.maxRead, &c.Results)
	}
	return c.Park(func(ctx context.Context, results *abi.Writer) error {
		return from.read(ctx, formats, f.maxRead, results)
	})
}

// appendFloat formats as C's %.14g, which Lua's io library uses: unlike tostring it marks no float as one.
func appendFloat(b []byte, f float64) []byte {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return append(b, strings.ToLower(strings.TrimPrefix(fmt.Sprintf("%g", f), "+"))...)
	}
	return fmt.Appendf(b, "%.14g", f)
}

func fileWrite(c *Call) error {
	to, err := c.file()
	if err != nil {
		return err
	}
	refusal := to.forgetInput()
	if !to.writable {
		refusal = syscall.EBADF
	}
	full := false
	for c.Arguments.More() {
		var text []byte
		switch v := c.Next(); v.Type {
		case abi.String:
			text = v.Bytes
		case abi.Integer:
			text = strconv.AppendInt(nil, v.Int, 10)
		case abi.Float:
			text = appendFloat(nil, v.Float)
		default:
			return c.refuseArgument("write", "string expected, got "+v.Type.String())
		}
		if refusal == nil {
			full = to.write(text) || full
		}
	}
	if refusal != nil {
		return c.failure("", refusal)
	}
	if full {
		return fileFlushed(c, to)
	}
	c.Results.Bool(true)
	return nil
}

func fileFlush(c *Call) error {
	f, err := c.file()
	if err != nil {
		return err
	}
	return fileFlushed(c, f)
}

func fileFlushed(c *Call, f *file) error {
	return c.Park(func(ctx context.Context, results *abi.Writer) error {
		report(results, "", f.flush(ctx))
		return nil
	})
}

func fileSeek(c *Call) error {
	f, err := c.file()
	if err != nil {
		return err
	}
	name, err := c.String()
	if err != nil {
		return err
	}
	whence, ok := map[string]int{"set": io.SeekStart, "cur": io.SeekCurrent, "end": io.SeekEnd}[string(name)]
	if !ok {
		return c.refuseArgument("seek", fmt.Sprintf("invalid option '%s'", name))
	}
	offset, err := c.Int()
	if err != nil {
		return err
	}
	return c.Park(func(ctx context.Context, results *abi.Writer) error {
		err := f.flush(ctx)
		if err == nil {
			err = f.forgetInput()
		}
		position := int64(0)
		if err == nil {
			position, err = f.os.Seek(offset, whence)
		}
		if err != nil {
			fail(results, "", err)
			return nil
		}
		results.Int(position)
		return nil
	})
}

func fileSetvbuf(c *Call) error {
	f, err := c.file()
	if err != nil {
		return err
	}
	name, err := c.String()
	if err != nil {
		return err
	}
	mode, ok := map[string]bufferMode{"no": bufferNone, "line": bufferLine, "full": bufferFull}[string(name)]
	if !ok {
		return c.refuseArgument("setvbuf", fmt.Sprintf("invalid option '%s'", name))
	}
	f.mode = mode
	if c.Arguments.More() {
		size, err := c.Int()
		if err != nil {
			return err
		}
		f.size = int(min(max(size, 1), maxFileBuffer))
	}
	c.Results.Bool(true)
	return nil
}

func fileClose(c *Call) error {
	handle := c.Arguments
	f, err := c.file()
	if err != nil {
		return err
	}
	c.Execution.Release(uint32(handle.Next().Int))
	return c.Park(func(ctx context.Context, results *abi.Writer) error {
		err := f.finish(ctx)
		if f.process != nil {
			return f.process.result(ctx, results)
		}
		report(results, "", err)
		return nil
	})
}
