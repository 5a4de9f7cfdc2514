package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
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
//	native.open(name) -> number of a native module, names of its functions
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
		"native.open":    f.openNative,
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
