package sample

import (
	"fmt"
	"strconv"

	"tidelock/proxy/value"
)

// bigEndianConverters write binary values as text, in chunks of some bytes with a separator between them. The last chunk
// may be shorter, unless what is left is truncated.
var bigEndianConverters = []Converter{
	{Name: "be2dec", Parameters: required(String).and(Integer, Integer), Input: value.Binary, Output: value.String, Prepare: prepareToDecimal, Convert: toDecimal},
	{Name: "be2hex", Parameters: required(String).and(Integer, Integer), Input: value.Binary, Output: value.String, Prepare: prepareToHex, Convert: toHexChunks},
}

func prepareToDecimal(_ *Compiler, a []Argument) error {
	if a[1].Int < 1 || a[1].Int > 8 {
		return fmt.Errorf("chunk_size out of [1..8] range (%d)", a[1].Int)
	}
	return checkTruncate(a[2].Int)
}

// prepareToHex takes the whole value for one chunk when no size is given.
func prepareToHex(_ *Compiler, a []Argument) error {
	if a[1].Int <= 0 && (a[1].Given || a[0].Text != "") {
		return fmt.Errorf("chunk_size needs to be positive (%d)", a[1].Int)
	}
	return checkTruncate(a[2].Int)
}

func checkTruncate(truncate int64) error {
	if truncate != 0 && truncate != 1 {
		return fmt.Errorf("Unsupported truncate value (%d)", truncate)
	}
	return nil
}

func toDecimal(c *Context, a []Argument, v value.Value) value.Value {
	return c.chunks(a, v, func(b, chunk []byte) []byte {
		n := uint64(0)
		for _, x := range chunk {
			n = n<<8 | uint64(x)
		}
		return strconv.AppendUint(b, n, 10)
	})
}

func toHexChunks(c *Context, a []Argument, v value.Value) value.Value {
	return c.chunks(a, v, appendHex)
}

// chunks joins what write makes of each chunk of v.
func (c *Context) chunks(a []Argument, v value.Value, write func(b, chunk []byte) []byte) value.Value {
	size := len(v.Data)
	if a[1].Int > 0 && a[1].Int < int64(size) {
		size = int(a[1].Int)
	}
	truncate := a[2].Int != 0
	b := c.Scratch.Buffer()
	for rest := v.Data; len(rest) > 0; {
		n := min(size, len(rest))
		if truncate && int64(n) < a[1].Int {
			break
		}
		if len(rest) < len(v.Data) {
			b = append(b, a[0].Text...)
		}
		b = write(b, rest[:n])
		rest = rest[n:]
	}
	return c.text(b)
}
