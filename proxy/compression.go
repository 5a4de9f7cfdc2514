package proxy

import (
	"runtime"
	"sync"
	"time"

	"tidelock/proxy/compression"
	"tidelock/proxy/config"
	"tidelock/proxy/counter"
	"tidelock/proxy/filter"
)

// filter compression
func (b *builder) compressionFilter(section *config.Proxy, words []string) (filter.Filter, error) {
	if len(words) > 1 {
		return nil, &unknownFilterWord{words[0], words[1]}
	}
	return b.newCompression(section), nil
}

// newCompression returns the filter that the compression lines of a section describe.
func (b *builder) newCompression(section *config.Proxy) filter.Filter {
	c := compression.Config{Types: section.Compression.Types, Offload: section.Compression.Offload}
	for _, name := range section.Compression.Algorithms {
		c.Algorithms = append(c.Algorithms, compression.AlgorithmNamed(name))
	}
	return compression.New(c, b.compression)
}

// newCompressionLimits returns what all sections share.
func newCompressionLimits(process *counter.Process, g *config.Global) *compression.Limits {
	l := &compression.Limits{Load: uint64(g.CompressionLoad), Level: g.CompressionLevel, Process: process}
	l.Rate.Store(uint64(g.CompressionRate))
	if g.CompressionLoad < 100 {
		l.Busy = new(loadMeter).busy
	}
	return l
}

// loadMeter tells how busy the processors are with this process.
type loadMeter struct {
	mu      sync.Mutex
	at      time.Time     // of the last measurement; guarded by mu
	used    time.Duration // until then; guarded by mu
	percent uint64        // guarded by mu
}

// loadPeriod is the shortest time between two measurements.
const loadPeriod = 100 * time.Millisecond

// busy returns the percentage of the processors' time that was used over the last period.
func (m *loadMeter) busy() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	if passed := now.Sub(m.at); passed >= loadPeriod {
		used := processorTime()
		if !m.at.IsZero() {
			m.percent = uint64(100 * (used - m.used) / (passed * time.Duration(runtime.GOMAXPROCS(0))))
		}
		m.at, m.used = now, used
	}
	return m.percent
}
