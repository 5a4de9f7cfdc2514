package host

import (
	"context"
	"fmt"
	"math"
	"net"
	"os"
	"time"

	"tidelock/abi"
)

// StandardConfig says what the scripts of an image can reach beyond their own memory. The zero value grants the clock,
// the log, the environment and outgoing connections, but no files and no processes.
type StandardConfig struct {
	// Files is what scripts can reach of the file system.
	Files FileConfig
	// Getenv looks an environment variable up. nil: os.LookupEnv.
	Getenv func(name string) (string, bool)
	// Clock tells scripts the time and lets them sleep. nil: the system's. os.time and os.clock do not use it.
	Clock Clock
	// AllowExecute lets scripts run shell commands (os.execute, io.popen).
	AllowExecute bool
	// Dial opens the connections of sockets. nil: that of a zero net.Dialer. Its errors are results of connect; a *DeniedError
	// is raised in the script.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// MaxOpenFiles and MaxSockets bound what one execution holds open at a time; processes count as files.
	// 0: DefaultOpenFiles and DefaultSockets.
	MaxOpenFiles, MaxSockets int
	// MaxRead bounds the bytes of one result that is read from a file or a socket. 0: DefaultRead.
	MaxRead int
}

// Clock is a source of time.
type Clock interface {
	Now() time.Time
	// After returns a channel that receives once d has passed, and what frees it before.
	After(d time.Duration) (ring <-chan time.Time, stop func())
}

// systemClock is the real one.
type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

func (systemClock) After(d time.Duration) (<-chan time.Time, func()) {
	timer := time.NewTimer(d)
	return timer.C, func() { timer.Stop() }
}

// Defaults and ceilings of StandardConfig.
const (
	DefaultOpenFiles = 256
	DefaultSockets   = 256
	DefaultRead      = 64 << 20 // bytes; also the most that can be configured
)

// Standard returns the host functions that every embedder wants: registering, logging, time, the environment, files,
// processes and sockets.
//
//	register(kind, name, number, source, line, options...)
//	log(level, text)    print(text)
//	sleep(milliseconds) yield()
//	now() -> seconds, microseconds since 1970
//	instance() -> number of the instance in its group, from 0
//	os.getenv(name) -> value or nil
//	none() -> the handle of nothing, for objects that were closed
//
// The other functions stand beside their code.
func Standard(config StandardConfig) Library {
	if config.Getenv == nil {
		config.Getenv = os.LookupEnv
	}
	if config.Clock == nil {
		config.Clock = systemClock{}
	}
	if config.Dial == nil {
		config.Dial = new(net.Dialer).DialContext
	}
	config.MaxOpenFiles = orDefault(config.MaxOpenFiles, DefaultOpenFiles)
	config.MaxSockets = orDefault(config.MaxSockets, DefaultSockets)
	config.MaxRead = min(orDefault(config.MaxRead, DefaultRead), DefaultRead)
	files := &fileFunctions{access: newFileAccess(config.Files), maxOpen: config.MaxOpenFiles, maxRead: config.MaxRead}
	processes := &processFunctions{allowed: config.AllowExecute, files: files}
	sockets := &socketFunctions{dial: config.Dial, files: files.access, maxOpen: config.MaxSockets, maxRead: config.MaxRead}
	return Libraries{
		files.library(), processes.library(), sockets.library(), Functions{
			"register":  register,
			"log":       logText,
			"print":     printText,
			"sleep":     sleep(config.Clock),
			"yield":     yield,
			"now":       now(config.Clock),
			"instance":  instanceNumber,
			"os.getenv": getenv(config.Getenv),
			"none":      none,
		},
	}
}

func orDefault(n, otherwise int) int {
	if n <= 0 {
		return otherwise
	}
	return n
}

func register(c *Call) error {
	kind, err := c.String()
	if err != nil {
		return err
	}
	r := &Registration{Kind: string(kind)}
	name, err := c.String()
	if err != nil {
		return err
	}
	r.Name = string(name)
	number, err := c.Int()
	if err != nil {
		return err
	}
	source, err := c.String()
	if err != nil {
		return err
	}
	line, err := c.Int()
	if err != nil {
		return err
	}
	if number <= 0 || number > math.MaxInt32 {
		return fmt.Errorf("%d is not the number of a function", number)
	}
	r.number, r.Source, r.Line = uint32(number), string(source), int(line)
	var options abi.Writer
	for c.Arguments.More() {
		options.Value(c.Next())
	}
	r.Options = options.Bytes()
	return c.Execution.instance.image.register(c.Execution, r)
}

func logText(c *Call) error {
	level, err := c.Int()
	if err != nil {
		return err
	}
	if level < int64(LevelEmergency) || level > int64(LevelDebug) {
		return fmt.Errorf("invalid loglevel %d", level)
	}
	return c.log(Level(level))
}

func printText(c *Call) error { return c.log(LevelInfo) }

// log passes the next argument to the image's log.
func (c *Call) log(level Level) error {
	text, err := c.String()
	if err != nil {
		return err
	}
	if log := c.Execution.instance.image.config.Log; log != nil {
		log(c.Execution, level, string(text))
	}
	return nil
}

func sleep(clock Clock) Function {
	return func(c *Call) error {
		milliseconds, err := c.Float()
		if err != nil {
			return err
		}
		duration := seconds(milliseconds / 1000)
		return c.Park(func(ctx context.Context, _ *abi.Writer) error {
			if duration <= 0 {
				return nil
			}
			ring, stop := clock.After(duration)
			defer stop()
			select {
			case <-ring:
				return nil
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		})
	}
}

// seconds converts a script's number to a duration: the longest possible for what exceeds it, zero for not-a-number.
func seconds(s float64) time.Duration {
	switch {
	case s*float64(time.Second) >= math.MaxInt64:
		return math.MaxInt64
	case s > 0:
		return time.Duration(s * float64(time.Second))
	}
	return 0
}

// yield lets those have the instance who wait for it; turns are given in the order of asking.
func yield(c *Call) error {
	return c.Park(func(context.Context, *abi.Writer) error { return nil })
}

func now(clock Clock) Function {
	return func(c *Call) error {
		t := clock.Now()
		c.Results.Int(t.Unix())
		c.Results.Int(int64(t.Nanosecond() / 1000))
		return nil
	}
}

func instanceNumber(c *Call) error {
	c.Results.Int(int64(c.Execution.instance.number))
	return nil
}

func getenv(lookup func(string) (string, bool)) Function {
	return func(c *Call) error {
		name, err := c.String()
		if err != nil {
			return err
		}
		if value, ok := lookup(string(name)); ok {
			c.Results.String(value)
		} else {
			c.Results.Nil()
		}
		return nil
	}
}

func none(c *Call) error {
	c.Results.Handle(0)
	return nil
}
