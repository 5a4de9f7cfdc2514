package log

import (
	"io"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Sink is a named place for events of the process itself, such as those of the debug converter: a ring, or one of the
// standard outputs.
type Sink struct {
	Name, Description string
	Ring              *Ring     // nil for a sink that can only be written to
	Format            Format    // of events; the zero Format is Raw
	Length            int       // of the longest event in bytes, 0 for no limit
	writer            io.Writer // takes the events in the place of a ring

	dropped atomic.Uint64 // of writer
}

var _ io.Writer = (*Sink)(nil)

// eventSettings are those of lines that belong to no facility.
var eventSettings = map[Format]*Settings{}

func init() {
	for _, f := range []Format{RFC3164, RFC5424, Local, Priority, Short, Timed, ISO, Raw} {
		eventSettings[f] = &Settings{Format: f}
	}
}

// Write adds an event, which has no line feed, behind a header of the most severe level. It implements io.Writer, and
// fails when the event was dropped.
func (s *Sink) Write(event []byte) (int, error) {
	line := lines.Get().(*[]byte)
	defer lines.Put(line)
	settings := eventSettings[s.Format]
	if settings == nil {
		settings = eventSettings[Raw]
	}
	*line = append(settings.appendHeader((*line)[:0], Emergency, "", nil, time.Now()), event...)
	if s.Length > 0 {
		*line = (*line)[:min(len(*line), s.Length)]
	}
	if s.Ring != nil {
		if !s.Ring.Append(*line) {
			return 0, io.ErrShortWrite
		}
		return len(event), nil
	}
	if _, err := s.writer.Write(append(*line, '\n')); err != nil {
		s.dropped.Add(1)
		return 0, err
	}
	return len(event), nil
}

// Dropped returns how many events and lines found no room.
func (s *Sink) Dropped() uint64 {
	if s.Ring != nil {
		return s.Ring.Dropped()
	}
	return s.dropped.Load()
}

// Sinks are the sinks of a process in the order in which they came to be. The methods are safe for concurrent use.
type Sinks struct {
	mu   sync.Mutex
	list []*Sink // guarded by mu
}

// eventRing is the memory of the sink that events go to when nothing else is said.
const eventRing = 1 << 20

// NewSinks returns the sinks that there always are.
func NewSinks() *Sinks {
	return &Sinks{list: []*Sink{
		{Name: "stdout", Description: "standard output (fd#1)", writer: os.Stdout},
		{Name: "stderr", Description: "standard output (fd#2)", writer: os.Stderr},
		{Name: "buf0", Description: "in-memory ring buffer", Format: Timed, Ring: NewRing(eventRing)},
	}}
}

// Add adds a sink.
func (s *Sinks) Add(sink *Sink) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, sink)
}

// All returns the sinks.
func (s *Sinks) All() []*Sink {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.list)
}

// Find returns the sink of a name, or nil.
func (s *Sinks) Find(name string) *Sink {
	for _, sink := range s.All() {
		if sink.Name == name {
			return sink
		}
	}
	return nil
}
