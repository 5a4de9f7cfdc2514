package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"syscall"

	"tidelock/abi"
)

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
	first := c.Arguments
	f, err := c.file()
	if err != nil {
		return err
	}
	x, handle := c.Execution, uint32(first.Next().Int)
	return c.Park(func(ctx context.Context, results *abi.Writer) error {
		defer x.Release(handle) // not before: an execution that is ended instead still has to close the file
		err := f.finish(ctx)
		if f.process != nil {
			return f.process.result(ctx, results)
		}
		report(results, "", err)
		return nil
	})
}
