package proxy

import (
	"os"
	"runtime"
	"runtime/metrics"
	"sync"
	"time"

	"tidelock/proxy/counter"
)

// started is when the process was, but for its loading.
var started = time.Now()

// information tells "show info" what is not counted.
type information struct {
	proxy *Proxy
	node  string

	mu   sync.Mutex
	wall time.Time     // when Idle_pct was last told; guarded by mu
	busy time.Duration // processor time at that moment; guarded by mu
}

func newInformation(p *Proxy) *information {
	i := &information{proxy: p, wall: started}
	i.node, _ = os.Hostname()
	return i
}

// fill is the State of counter.Process.
func (i *information) fill(s *counter.ProcessState) {
	p := i.proxy
	s.Name, s.Version, s.Build, s.Node = "HAProxy", p.options.Version, p.options.Version, i.node
	s.Threads, s.PID, s.Started = runtime.GOMAXPROCS(0), os.Getpid(), started
	s.Memory = memoryInUse()
	s.DescriptorLimit = descriptorLimit()
	s.MaxConnections, s.HardMaxConnections = uint64(p.maxconn.Load()), uint64(p.config.Global.Maxconn)
	s.ConnectionRateLimit, s.SessionRateLimit, s.TLSRateLimit = uint64(p.paces.Connections.Limit()), uint64(p.paces.Sessions.Limit()), uint64(p.paces.TLS.Limit())
	s.CompressionRateLimit = p.compression.Rate.Load()
	s.Tasks = uint64(runtime.NumGoroutine())
	s.IdlePercent = i.idle(time.Now(), processorTime())
	s.Listeners = uint64(len(p.Listeners()) + len(p.runtime.listeners))
	s.Stopping = p.stopping.Load()
}

// idle returns how much of the processors was not used since it was asked last.
func (i *information) idle(now time.Time, busy time.Duration) uint64 {
	i.mu.Lock()
	defer i.mu.Unlock()
	there := now.Sub(i.wall) * time.Duration(runtime.GOMAXPROCS(0))
	used := busy - i.busy
	i.wall, i.busy = now, busy
	if there <= 0 || used >= there {
		return 0
	}
	return uint64(100 * (there - used) / there)
}

// memoryInUse returns the bytes that the process has from the system for its data.
func memoryInUse() uint64 {
	samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(samples)
	return samples[0].Value.Uint64() - samples[1].Value.Uint64()
}
