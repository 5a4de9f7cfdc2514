package counter

import (
	"sync/atomic"
	"time"
)

// Process is what is counted of the whole process, whatever configuration it runs.
type Process struct {
	Connections Level // open now, of all frontends
	TLS         Level // those of them that are encrypted

	AllConnections, AllTLS, Requests    atomic.Uint64 // since the start
	ConnectionRate, SessionRate         Rate
	TLSRate, TLSKeyRate                 Rate // handshakes of clients, those that computed a new key
	TLSServerKeyRate                    Rate // the same towards servers
	TLSCacheLookups, TLSCacheMisses     atomic.Uint64
	CompressorInRate, CompressorOutRate Rate // KiB
	FailedResolutions, DroppedLogs      atomic.Uint64

	compressed, compressedTo atomic.Uint64 // bytes

	bytesOut     atomic.Uint64
	bytesOutRate Rate // KiB

	// State tells what is not counted; nil for nothing.
	State func(*ProcessState)
}

// ProcessState is what "show info" says beyond counters.
type ProcessState struct {
	Name, Version, ReleaseDate, Build, Node, Description string
	Threads, PID                                         int
	Started                                              time.Time
	Memory, MemoryLimit                                  uint64 // bytes in use, and how many may be (0 for any number)
	DescriptorLimit                                      uint64
	MaxConnections, HardMaxConnections                   uint64 // now, and the most that can be set
	ConnectionRateLimit, SessionRateLimit, TLSRateLimit  uint64
	CompressionRateLimit                                 uint64 // in bytes
	Tasks, RunQueue                                      uint64 // goroutines, and those that wait for a processor
	IdlePercent                                          uint64
	Listeners                                            uint64
	Stopping                                             bool
}

// Accept counts a connection that was opened. Each Accept has its Close.
func (p *Process) Accept(now time.Time) {
	if p == nil {
		return
	}
	p.AllConnections.Add(1)
	p.Connections.Enter()
	p.ConnectionRate.Add(now)
}

// Close counts a connection that was closed.
func (p *Process) Close() {
	if p != nil {
		p.Connections.Leave()
	}
}

// Current returns the number of open connections.
func (p *Process) Current() int64 {
	if p == nil {
		return 0
	}
	return p.Connections.Now()
}

// Request counts an exchange that begins.
func (p *Process) Request() {
	if p != nil {
		p.Requests.Add(1)
	}
}

// Session counts a connection that became a session: rules did not refuse it.
func (p *Process) Session(now time.Time) {
	if p != nil {
		p.SessionRate.Add(now)
	}
}

// Compress counts what was compressed, and what that came to.
func (p *Process) Compress(now time.Time, in, out uint64) {
	if p == nil {
		return
	}
	for _, c := range []struct {
		total *atomic.Uint64
		rate  *Rate
		n     uint64
	}{{&p.compressed, &p.CompressorInRate, in}, {&p.compressedTo, &p.CompressorOutRate, out}} {
		total := c.total.Add(c.n)
		c.rate.AddN(now, total>>10-(total-c.n)>>10)
	}
}

// Send counts bytes sent to clients.
func (p *Process) Send(now time.Time, n uint64) {
	if p == nil || n == 0 {
		return
	}
	total := p.bytesOut.Add(n)
	p.bytesOutRate.AddN(now, total>>10-(total-n)>>10)
}

// ClearMaxima forgets all maxima.
func (p *Process) ClearMaxima() {
	p.Connections.clearMax()
	p.TLS.clearMax()
	for _, r := range []*Rate{&p.ConnectionRate, &p.SessionRate, &p.TLSRate, &p.TLSKeyRate, &p.TLSServerKeyRate} {
		r.max.Store(0)
	}
}
