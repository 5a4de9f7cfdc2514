package log

import (
	"cmp"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// defaultLength is how long a line may be where nothing is said (RFC 3164, section 4.1).
const defaultLength = 1024

const (
	queueLength  = 1024                   // lines that may wait for a target
	writeTimeout = 500 * time.Millisecond // after which a socket that takes nothing loses the line
	redialDelay  = time.Second            // between two attempts to reach a target
	closeTimeout = time.Second            // for what is queued when a target is closed
)

// Settings describe one target.
type Settings struct {
	Network, Address string    // "udp" or "unixgram", and where to send to
	Writer           io.Writer // takes the lines instead, when set: a standard output
	Ring             *Ring     // takes the lines instead, when set

	Format Format // the zero Format is Local
	Length int    // longest line in bytes without its line feed, 0 for defaultLength
	// MessageLength is the longest message in bytes without its header, 0 for one less than Length.
	MessageLength int
	Facility      int    // RFC 5424, section 6.2.1
	Level         Level  // the least severe level that is sent
	MinLevel      Level  // lines more severe than that are sent as that
	Host          string // what stands for this machine, empty for nothing

	// Sample says which of each SampleSize lines are sent, by their numbers from 1; a SampleSize of 0 sends all.
	Sample     []Range
	SampleSize int

	// Lost counts dropped lines beside those of other targets; nil for none.
	Lost *atomic.Uint64
}

// Range is a range of numbers, both ends included.
type Range struct{ Low, High int }

// Target is where log lines go. Its methods are safe for concurrent use.
type Target struct {
	settings Settings
	queue    chan *[]byte
	dropped  atomic.Uint64
	lines    atomic.Uint64 // that came, to take a sample
	mu       sync.RWMutex  // held for reading while a line is queued, so that Close does not close the queue under it
	closed   bool          // guarded by mu
	done     chan struct{}
}

var lines = sync.Pool{New: func() any { return new([]byte) }}

// Open starts a target. It connects when the first line comes, and again after errors, so that a target that is not there
// yet is no reason not to start.
func Open(s Settings) *Target {
	s.Length = cmp.Or(s.Length, defaultLength)
	s.MessageLength = cmp.Or(s.MessageLength, s.Length-1)
	t := &Target{settings: s, done: make(chan struct{})}
	if s.Ring != nil {
		close(t.done)
		return t
	}
	t.queue = make(chan *[]byte, queueLength)
	go t.run()
	return t
}

// drop counts a lost line.
func (t *Target) drop() {
	t.dropped.Add(1)
	if t.settings.Lost != nil {
		t.settings.Lost.Add(1)
	}
}

// sampled reports whether the line that comes now is one of those to send.
func (t *Target) sampled() bool {
	if t.settings.SampleSize == 0 {
		return true
	}
	n := int((t.lines.Add(1)-1)%uint64(t.settings.SampleSize)) + 1
	for _, r := range t.settings.Sample {
		if r.Low <= n && n <= r.High {
			return true
		}
	}
	return false
}

// Dropped returns how many lines were lost because the queue was full or the target took none.
func (t *Target) Dropped() uint64 { return t.dropped.Load() }

// Close sends what is queued, for at most a second, and ends the target. Lines that come later are dropped.
func (t *Target) Close() {
	t.mu.Lock()
	if !t.closed {
		t.closed = true
		if t.queue != nil {
			close(t.queue)
		}
	}
	t.mu.Unlock()
	select {
	case <-t.done:
	case <-time.After(closeTimeout):
	}
}

// send queues a line, or counts it as dropped.
func (t *Target) send(level Level, tag string, data, message []byte) {
	if level > t.settings.Level || !t.sampled() {
		return
	}
	line := lines.Get().(*[]byte)
	message = message[:min(len(message), t.settings.MessageLength)]
	*line = append(t.settings.appendHeader((*line)[:0], level, tag, data, time.Now()), message...)
	t.queueLine(line)
}

// Relay queues a line that came from elsewhere, or counts it as dropped. Render appends it, with whatever stands before
// it, and is given the settings that it has to heed.
func (t *Target) Relay(level Level, render func(line []byte, s *Settings) []byte) {
	if level > t.settings.Level || !t.sampled() {
		return
	}
	line := lines.Get().(*[]byte)
	*line = render((*line)[:0], &t.settings)
	t.queueLine(line)
}

// queueLine takes over a line that has its header.
func (t *Target) queueLine(line *[]byte) {
	*line = (*line)[:min(len(*line), t.settings.Length)]
	if ring := t.settings.Ring; ring != nil {
		if !ring.Append(*line) {
			t.drop()
		}
		lines.Put(line)
		return
	}
	*line = append(*line, '\n')

	t.mu.RLock()
	defer t.mu.RUnlock()
	if !t.closed {
		select {
		case t.queue <- line:
			return
		default:
		}
	}
	t.drop()
	lines.Put(line)
}

// run writes what is queued until the queue is closed.
func (t *Target) run() {
	defer close(t.done)
	out := output{settings: &t.settings}
	defer out.close()
	for line := range t.queue {
		if !out.write(*line) {
			t.drop()
		}
		lines.Put(line)
	}
}

// output is the connection of a target.
type output struct {
	settings *Settings
	conn     net.Conn
	redial   time.Time // not before
}

// write reports whether the line was taken.
func (o *output) write(line []byte) bool {
	if o.settings.Writer != nil {
		_, err := o.settings.Writer.Write(line)
		return err == nil
	}
	if o.conn == nil && !o.dial() {
		return false
	}
	// The error of a datagram that nobody received comes with the next one: that one is sent again.
	for range 2 {
		o.conn.SetWriteDeadline(time.Now().Add(writeTimeout))
		if _, err := o.conn.Write(line); err == nil {
			return true
		}
	}
	o.close()
	return false
}

func (o *output) dial() bool {
	if time.Now().Before(o.redial) {
		return false
	}
	conn, err := net.DialTimeout(o.settings.Network, o.settings.Address, writeTimeout)
	if err != nil {
		o.redial = time.Now().Add(redialDelay)
		return false
	}
	o.conn = conn
	return true
}

func (o *output) close() {
	if o.conn != nil {
		o.conn.Close()
		o.conn = nil
	}
}
