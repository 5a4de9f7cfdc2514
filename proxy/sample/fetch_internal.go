package sample

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"strings"
	"sync"
	"time"

	"tidelock/proxy/value"
)

// internalFetches are those of the manual's section 7.3.2: constants and the state of the process.
var internalFetches = []Fetch{
	{Name: "always_false", Output: value.Boolean, Source: constants, Get: alwaysFalse},
	{Name: "always_true", Output: value.Boolean, Source: constants, Get: alwaysTrue},
	{Name: "bin", Parameters: required(String), Output: value.Binary, Source: constants, Prepare: prepareBin, Get: constantBytes},
	{Name: "bool", Parameters: required(String), Output: value.Boolean, Source: constants, Prepare: prepareBool, Get: constantBool},
	{Name: "date", Parameters: optional(Integer, String), Output: value.Integer, Source: constants, Prepare: prepareTimeUnit, Get: date},
	{Name: "date_us", Output: value.Integer, Source: constants, Get: dateMicroseconds},
	{Name: "env", Parameters: required(String), Output: value.String, Source: constants, Prepare: prepareEnv, Get: constantText},
	{Name: "hostname", Output: value.String, Source: constants, Get: hostname},
	{Name: "int", Parameters: required(Integer), Output: value.Integer, Source: constants, Get: constantInt},
	{Name: "ipv4", Parameters: required(IPv4), Output: value.Address, Source: constants, Get: constantAddress},
	{Name: "ipv6", Parameters: required(IPv6), Output: value.Address, Source: constants, Get: constantAddress},
	{Name: "meth", Parameters: required(String), Output: value.Method, Source: constants, Prepare: prepareText, Get: constantMethod},
	{Name: "nbproc", Output: value.Integer, Source: constants, Get: processNumber},
	{Name: "proc", Output: value.Integer, Source: constants, Get: processNumber},
	{Name: "rand", Parameters: optional(Integer), Output: value.Integer, Source: constants, Get: random},
	{Name: "str", Parameters: required(String), Output: value.String, Source: constants, Prepare: prepareText, Get: constantText},
	{Name: "thread", Output: value.Integer, Source: constants, Get: thread},
	{Name: "uuid", Parameters: optional(Integer), Output: value.String, Source: constants, Prepare: prepareUUID, Get: uuid},
	{Name: "var", Parameters: required(Name).and(String), Output: value.Any, Source: constants, Prepare: prepareDefault, Get: fetchVariable},
}

func alwaysFalse(*Context, []Argument) value.Value { return value.Bool(false) }

func alwaysTrue(*Context, []Argument) value.Value { return value.Bool(true) }

func constantInt(_ *Context, a []Argument) value.Value { return value.Int(a[0].Int) }

func constantBool(_ *Context, a []Argument) value.Value { return value.Bool(a[0].Int != 0) }

func constantAddress(_ *Context, a []Argument) value.Value { return value.Addr(a[0].Addr) }

// prepareText keeps the text as bytes, so that evaluations return it without a copy.
func prepareText(_ *Compiler, a []Argument) error {
	a[0].Data = []byte(a[0].Text)
	return nil
}

func constantText(_ *Context, a []Argument) value.Value {
	if !a[0].Given {
		return value.Value{}
	}
	return value.Text(a[0].Data)
}

func constantBytes(_ *Context, a []Argument) value.Value { return value.Bytes(a[0].Data) }

func constantMethod(_ *Context, a []Argument) value.Value {
	return value.Value{Kind: value.Method, Data: a[0].Data}
}

func prepareBin(_ *Compiler, a []Argument) (err error) {
	if a[0].Text == "" {
		return errors.New("missing hex digits")
	}
	a[0].Data, err = hex.DecodeString(a[0].Text)
	if invalid := hex.InvalidByteError(0); errors.As(err, &invalid) {
		return fmt.Errorf("an hex digit is expected (found '%c')", invalid)
	} else if err != nil {
		return errors.New("an even number of hex digit is expected")
	}
	return nil
}

func prepareBool(_ *Compiler, a []Argument) error {
	switch strings.ToLower(a[0].Text) {
	case "true", "1":
		a[0].Int = 1
	case "false", "0":
	default:
		return errors.New("Expects 'true', 'false', '0' or '1'")
	}
	return nil
}

// prepareEnv reads the variable when the configuration is loaded, as HAProxy does.
func prepareEnv(k *Compiler, a []Argument) error {
	lookup := os.LookupEnv
	if k != nil && k.Environment != nil {
		lookup = k.Environment
	}
	text, ok := lookup(a[0].Text)
	a[0].Given, a[0].Data = ok, []byte(text)
	return nil
}

// The units of dates, as Argument.Int holds them: how many make a second.
const (
	seconds      = 1
	milliseconds = 1_000
	microseconds = 1_000_000
)

// prepareTimeUnit checks the unit that is the second argument.
func prepareTimeUnit(_ *Compiler, a []Argument) error {
	switch {
	case !a[1].Given || a[1].Text == "s":
		a[1].Int = seconds
	case a[1].Text == "ms":
		a[1].Int = milliseconds
	case a[1].Text == "us":
		a[1].Int = microseconds
	default:
		return fmt.Errorf("expects 's', 'ms' or 'us', got '%s'", a[1].Text)
	}
	return nil
}

func date(_ *Context, a []Argument) value.Value {
	now := time.Now()
	switch a[1].Int {
	case milliseconds:
		return value.Int(now.UnixMilli() + a[0].Int)
	case microseconds:
		return value.Int(now.UnixMicro() + a[0].Int)
	default:
		return value.Int(now.Unix() + a[0].Int)
	}
}

func dateMicroseconds(*Context, []Argument) value.Value {
	return value.Int(int64(time.Now().Nanosecond() / 1000))
}

var hostName = sync.OnceValue(func() []byte {
	name, err := os.Hostname()
	if err != nil {
		return nil
	}
	return []byte(name)
})

func hostname(*Context, []Argument) value.Value { return value.Text(hostName()) }

// processNumber is 1: HAProxy keeps the fetch from the time when it ran several processes.
func processNumber(*Context, []Argument) value.Value { return value.Int(1) }

// thread is 0: goroutines move between threads, so that there is no number to give.
func thread(*Context, []Argument) value.Value { return value.Int(0) }

func random(_ *Context, a []Argument) value.Value {
	n := uint64(mathrand.Uint32())
	if a[0].Given {
		// Scaled instead of reduced: every value of the range is as likely as the others.
		n = n * uint64(uint32(a[0].Int)) >> 32
	}
	return value.Int(int64(n))
}

func prepareUUID(_ *Compiler, a []Argument) error {
	if a[0].Int != 0 && a[0].Int != 4 {
		return fmt.Errorf("Unsupported UUID version: '%d'", a[0].Int)
	}
	return nil
}

// uuid returns a random UUID (RFC 9562, section 5.4).
func uuid(c *Context, _ []Argument) value.Value {
	var u [16]byte
	rand.Read(u[:])
	u[6] = u[6]&0x0f | 0x40
	u[8] = u[8]&0x3f | 0x80
	b := c.Scratch.Buffer()
	for i, group := range [][]byte{u[:4], u[4:6], u[6:8], u[8:10], u[10:]} {
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, group)
	}
	return c.text(b)
}

func prepareDefault(_ *Compiler, a []Argument) error {
	a[1].Data = []byte(a[1].Text)
	return nil
}

func fetchVariable(c *Context, a []Argument) value.Value {
	v := a[0].Variable.Get(c.Stream)
	if !v.Valid() && a[1].Given {
		return value.Text(a[1].Data)
	}
	return v
}
