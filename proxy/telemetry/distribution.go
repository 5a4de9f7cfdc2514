package telemetry

import (
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// Distribution is what a histogram has counted since the start.
type Distribution struct {
	Name, Unit, Description string
	Bounds                  []float64 // of the buckets, each included in the one that it ends; the last bucket has none
	Points                  []Point
}

// Point is what a histogram has counted for one set of attributes.
type Point struct {
	Attributes attribute.Set
	Counts     []uint64 // of each bucket
	Sum        float64
	Exemplars  []Exemplar
}

// Exemplar is a measurement that a sampled span belongs to.
type Exemplar struct {
	Value float64
	At    time.Time
	Trace trace.TraceID
	Span  trace.SpanID
}

// distribution is a histogram of whole numbers. The SDK's own histograms look their attributes up for each measurement, under
// a lock, which cost more than all else that telemetry does for an exchange: here whoever measures keeps a cell.
type distribution struct {
	name, unit, description string
	bounds                  []int64
	scale                   float64 // of a whole number in the unit of the metric

	mu    sync.Mutex
	cells map[attribute.Distinct]*cell // guarded by mu
}

// maxBuckets is how many buckets a histogram has at most.
const maxBuckets = 16

// cell counts what has the same attributes.
type cell struct {
	of         *distribution
	attributes attribute.Set
	sum        atomic.Int64
	buckets    [maxBuckets]bucket
}

type bucket struct {
	count    atomic.Uint64
	exemplar atomic.Pointer[Exemplar]
}

// cell returns the cell of a set of attributes. Whoever measures often keeps it.
func (d *distribution) cell(attributes ...attribute.KeyValue) *cell {
	set := attribute.NewSet(attributes...)
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.cells[set.Equivalent()]
	if c == nil {
		c = &cell{of: d, attributes: set}
		if d.cells == nil {
			d.cells = make(map[attribute.Distinct]*cell)
		}
		d.cells[set.Equivalent()] = c
	}
	return c
}

// record counts a value that was measured in a span, which need not be valid.
func (c *cell) record(value int64, span trace.SpanContext) {
	i := 0
	for i < len(c.of.bounds) && value > c.of.bounds[i] {
		i++
	}
	b := &c.buckets[i]
	b.count.Add(1)
	c.sum.Add(value)
	if span.IsSampled() {
		b.exemplar.Store(&Exemplar{float64(value) * c.of.scale, time.Now(), span.TraceID(), span.SpanID()})
	}
}

// read returns what was counted.
func (d *distribution) read() Distribution {
	read := Distribution{Name: d.name, Unit: d.unit, Description: d.description}
	for _, bound := range d.bounds {
		read.Bounds = append(read.Bounds, float64(bound)*d.scale)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range d.cells {
		p := Point{Attributes: c.attributes, Sum: float64(c.sum.Load()) * d.scale}
		for i := range len(d.bounds) + 1 {
			p.Counts = append(p.Counts, c.buckets[i].count.Load())
			if e := c.buckets[i].exemplar.Load(); e != nil {
				p.Exemplars = append(p.Exemplars, *e)
			}
		}
		read.Points = append(read.Points, p)
	}
	return read
}

// few finds one of a handful of values by its key. It is read without a lock, and grows by copying.
type few[K comparable, V any] struct {
	mu    sync.Mutex
	known atomic.Pointer[[]pair[K, V]]
}

type pair[K comparable, V any] struct {
	key   K
	value V
}

// find returns the value of a key.
func (f *few[K, V]) find(key K) (value V, ok bool) {
	if known := f.known.Load(); known != nil {
		for i := range *known {
			if p := &(*known)[i]; p.key == key {
				return p.value, true
			}
		}
	}
	return value, false
}

// add returns the value of a key: one that was made meanwhile, or what make makes. Beyond most values it makes none and
// returns false.
func (f *few[K, V]) add(key K, most int, make func() V) (value V, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if value, ok := f.find(key); ok {
		return value, true
	}
	var known []pair[K, V]
	if old := f.known.Load(); old != nil {
		known = *old
	}
	if len(known) >= most {
		return value, false
	}
	value = make()
	grown := append(known[:len(known):len(known)], pair[K, V]{key, value})
	f.known.Store(&grown)
	return value, true
}
