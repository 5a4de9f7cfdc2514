package log

import (
	"encoding/binary"
	"sync"
)

// Ring keeps the newest lines in memory, as many as fit (manual, section 3.9). Its methods are safe for concurrent use.
//
// Readers follow it. A reader that holds keeps what it has not read from being overwritten: new lines are then dropped,
// and counted. The others miss what was overwritten before they came to it.
type Ring struct {
	mu      sync.Mutex
	size    uint64                   // guarded by mu; of memory
	memory  []byte                   // guarded by mu; used in a circle, entries are a length and a line; nil before the first
	backing *backing                 // guarded by mu; where the memory is copied to, or nil
	first   uint64                   // guarded by mu; where the oldest entry begins, counted from the first of all
	end     uint64                   // guarded by mu; where the next entry will begin
	readers map[*RingReader]struct{} // guarded by mu
	dropped uint64                   // guarded by mu
}

// lengthBytes are those of an entry's length.
const lengthBytes = 4

// NewRing returns an empty ring of so many bytes. They are taken when the first line comes.
func NewRing(size int) *Ring {
	return &Ring{size: uint64(size), readers: map[*RingReader]struct{}{}}
}

// Append adds a line and reports whether there was room for it. It does not keep the line.
func (r *Ring) Append(line []byte) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	need := uint64(lengthBytes + len(line))
	held := r.held()
	if need > r.size || r.end+need > held+r.size {
		r.dropped++
		return false
	}
	if r.memory == nil {
		r.memory = make([]byte, r.size)
	}
	for r.end+need > r.first+r.size {
		r.first += lengthBytes + uint64(r.lengthAt(r.first))
	}
	var length [lengthBytes]byte
	binary.LittleEndian.PutUint32(length[:], uint32(len(line)))
	r.copyIn(r.end, length[:])
	r.copyIn(r.end+lengthBytes, line)
	r.end += need
	if r.backing != nil {
		r.backing.save(r.memory, r.first, r.end, need)
	}
	for reader := range r.readers {
		select {
		case reader.more <- struct{}{}:
		default:
		}
	}
	return true
}

// held returns where the oldest entry begins that must not be overwritten. mu is held.
func (r *Ring) held() uint64 {
	held := r.end
	for reader := range r.readers {
		if reader.holds {
			held = min(held, max(reader.next, r.first))
		}
	}
	return held
}

// Dropped returns how many lines found no room.
func (r *Ring) Dropped() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.dropped
}

func (r *Ring) lengthAt(at uint64) int {
	var length [lengthBytes]byte
	r.copyOut(length[:], at)
	return int(binary.LittleEndian.Uint32(length[:]))
}

func (r *Ring) copyIn(at uint64, b []byte) {
	i := at % uint64(len(r.memory))
	copy(r.memory, b[copy(r.memory[i:], b):])
}

func (r *Ring) copyOut(b []byte, at uint64) {
	i := at % uint64(len(r.memory))
	copy(b[copy(b, r.memory[i:]):], r.memory)
}

// RingReader is a place in a ring. It is for one goroutine.
type RingReader struct {
	ring  *Ring
	next  uint64 // guarded by ring.mu
	holds bool
	more  chan struct{}
}

// Read starts reading at the oldest line, or with atEnd at the next one to come.
func (r *Ring) Read(atEnd, holds bool) *RingReader {
	reader := &RingReader{ring: r, holds: holds, more: make(chan struct{}, 1)}
	r.mu.Lock()
	defer r.mu.Unlock()
	if atEnd {
		reader.next = r.end
	}
	r.readers[reader] = struct{}{}
	return reader
}

// Next appends the next line to b and reports whether there was one.
func (d *RingReader) Next(b []byte) ([]byte, bool) {
	r := d.ring
	r.mu.Lock()
	defer r.mu.Unlock()
	d.next = max(d.next, r.first)
	if d.next == r.end {
		return b, false
	}
	n := r.lengthAt(d.next)
	start := len(b)
	b = append(b, make([]byte, n)...)
	r.copyOut(b[start:], d.next+lengthBytes)
	d.next += lengthBytes + uint64(n)
	return b, true
}

// More receives after lines were added. One value may stand for many lines, or for lines that were read already.
func (d *RingReader) More() <-chan struct{} { return d.more }

// Close ends the reading and lets go of what was held.
func (d *RingReader) Close() {
	d.ring.mu.Lock()
	defer d.ring.mu.Unlock()
	delete(d.ring.readers, d)
}
