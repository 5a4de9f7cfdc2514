// Package compression is the filter that compresses the bodies of responses for clients that can take that (manual,
// section 9.2 and the keyword compression).
package compression

import (
	"sync/atomic"
	"time"

	"tidelock/proxy/counter"
	"tidelock/proxy/filter"
	"tidelock/proxy/stream"
)

// Config is what the compression lines of a section say.
type Config struct {
	Algorithms []*Algorithm
	Types      []string // what content types begin with, in lower case; none for all
	Offload    bool     // servers are not to compress
}

// Limits are the process's, shared by all sections. The zero value limits nothing.
type Limits struct {
	Rate    atomic.Uint64 // bytes a second that may be compressed (maxcomprate); 0 for any number
	Load    uint64        // percent of the processors' time beyond which nothing more is compressed (maxcompcpuusage)
	Level   int           // of effort, 1 to 9 (tune.comp.maxlevel); 0 is 1
	Process *counter.Process
	// Busy tells how many percent of the processors' time are used; nil for a Load that limits nothing.
	Busy func() uint64
}

// allow reports whether another response may be compressed.
func (l *Limits) allow(now time.Time) bool {
	if rate := l.Rate.Load(); rate > 0 && l.Process.CompressorInRate.Now(now)<<10 > rate {
		return false
	}
	return l.Busy == nil || l.Busy() <= l.Load
}

// Filter compresses the responses of a frontend or backend.
type Filter struct {
	config Config
	limits *Limits
}

// New returns a filter.
func New(config Config, limits *Limits) *Filter { return &Filter{config, limits} }

// Attach implements filter.Filter.
func (f *Filter) Attach(s *stream.Stream) filter.Instance {
	if s.Request == nil || len(f.config.Algorithms) == 0 {
		return nil
	}
	return &instance{filter: f}
}

// instance compresses one response.
type instance struct {
	filter.Bystander
	filter    *Filter
	algorithm *Algorithm // that the client accepts, then the one in use; nil for none
	level     int
	encoder   encoder // nil until there is something to compress
	out       *filter.Channel
	written   int // bytes that the encoder wrote
}

var _ filter.Instance = (*instance)(nil)

// Headers implements filter.Instance.
func (i *instance) Headers(c *filter.Channel) error {
	if !c.Response {
		i.algorithm = i.filter.config.choose(c.Message)
		if i.algorithm == nil {
			return nil
		}
		c.Stream.Compressor = i
		if i.algorithm.Coding != "" && i.filter.config.Offload {
			c.Message.Delete("accept-encoding")
		}
		return nil
	}
	if i.algorithm == nil || c.Stream.Compressor != i || !i.filter.config.suits(c.Stream) || !i.filter.limits.allow(time.Now()) {
		i.algorithm = nil
		return nil
	}
	if !announce(c.Message, i.algorithm) {
		i.algorithm = nil // no room for the headers: the response goes as it is
		return nil
	}
	c.Stream.CompressedWith = i.algorithm.Name
	count(c.Stream, counter.Compressed, 1)
	i.level = max(i.filter.limits.Level, 1)
	c.Filter(true)
	return nil
}

// Payload implements filter.Instance.
func (i *instance) Payload(c *filter.Channel) error {
	in := len(c.Data())
	if i.algorithm.Coding == "" {
		count(c.Stream, counter.CompressorBypass, in)
		c.Pass(in)
		return nil
	}
	i.out, i.written = c, 0
	if i.encoder == nil {
		var err error
		if i.encoder, err = i.algorithm.borrow(i.level, i); err != nil {
			return err
		}
	}
	// What follows cannot fail: the encoder writes to memory.
	i.encoder.Write(c.Data())
	c.Replace(0, in, nil)
	if c.Final() {
		i.encoder.Close()
		i.Close()
	} else {
		i.encoder.Flush() // the client waits for what there is, not for what comes
	}
	count(c.Stream, counter.CompressorIn, in)
	count(c.Stream, counter.CompressorOut, i.written)
	i.filter.limits.Process.Compress(time.Now(), uint64(in), uint64(i.written))
	return nil
}

// Write takes what the encoder makes.
func (i *instance) Write(p []byte) (int, error) {
	i.out.Send(p)
	i.written += len(p)
	return len(p), nil
}

// Close implements filter.Instance.
func (i *instance) Close() {
	if i.encoder != nil {
		i.algorithm.release(i.level, i.encoder)
		i.encoder = nil
	}
}

// count counts for both sides of an exchange.
func count(s *stream.Stream, c counter.Count, n int) {
	s.Frontend.FrontendCounters.Add(c, uint64(n))
	if s.Backend != nil {
		s.Backend.BackendCounters.Add(c, uint64(n))
	}
}
