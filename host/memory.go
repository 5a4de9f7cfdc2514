package host

import (
	"context"
	"sync/atomic"

	"github.com/tetratelabs/wazero/experimental"
)

const wasmPage = 64 << 10

// budget is the memory that all instances of an engine may have together, beyond the images that they are cloned from.
type budget struct {
	limit int64 // bytes; 0: none
	used  atomic.Int64
}

func (b *budget) take(n int64) bool {
	if used := b.used.Add(n); b.limit > 0 && used > b.limit {
		b.used.Add(-n)
		return false
	}
	return true
}

func (b *budget) give(n int64) { b.used.Add(-n) }

// linearMemory is the memory of one instance. It reserves address space for its limit, so that it grows without moving,
// and starts as a private view of an image where there is one: pages are copied when they are first written.
//
// It implements experimental.MemoryAllocator, for the one memory of the one module that it is made for, and
// experimental.LinearMemory.
type linearMemory struct {
	budget  *budget
	alive   *atomic.Int64 // counts the memories that there are
	image   *snapshot     // nil: starts zeroed
	limit   uint64        // bytes
	reserve []byte        // the address space; nil after Free
	size    uint64        // bytes that the module has
	charged int64         // bytes taken from the budget
	refused bool          // the module has wanted more than it may have
}

func (m *linearMemory) context(ctx context.Context) context.Context {
	return experimental.WithMemoryAllocator(ctx, m)
}

// open makes the memory with the size that the module declares. The engine, asking for it later, takes no refusal.
func (m *linearMemory) open(size uint64) error {
	var err error
	if m.reserve, err = reserveMemory(m.limit, m.image); err != nil {
		return err
	}
	m.alive.Add(1)
	if m.Reallocate(size) == nil {
		m.Free()
		return ErrOutOfMemory
	}
	return nil
}

// Allocate implements experimental.MemoryAllocator.
func (m *linearMemory) Allocate(_, _ uint64) experimental.LinearMemory { return m }

// Reallocate implements experimental.LinearMemory. Returning nil makes memory.grow fail, which Lua reports as "not
// enough memory".
func (m *linearMemory) Reallocate(size uint64) []byte {
	if size > uint64(len(m.reserve)) {
		m.refused = true
		return nil
	}
	if cost := m.cost(size) - m.charged; cost > 0 {
		if !m.budget.take(cost) {
			m.refused = true
			return nil
		}
		m.charged += cost
	}
	m.size = size
	return m.reserve[:size:len(m.reserve)]
}

// cost is what the budget is charged for size bytes: what an image brings along is shared and costs nothing.
func (m *linearMemory) cost(size uint64) int64 {
	if m.image == nil {
		return int64(size)
	}
	return max(0, int64(size)-int64(len(m.image.memory)))
}

// Free implements experimental.LinearMemory.
func (m *linearMemory) Free() {
	if m.reserve != nil {
		releaseMemory(m.reserve)
		m.reserve = nil
		m.size = 0
		m.alive.Add(-1)
	}
	m.budget.give(m.charged)
	m.charged = 0
}

// bytes returns the memory as the module sees it now. The slice stays valid, at its size, while the instance lives.
func (m *linearMemory) bytes() []byte { return m.reserve[:m.size:m.size] }

// restore makes the memory equal to its image again. It reports false when that needs a new instance: the memory has
// grown, and a WebAssembly memory cannot shrink.
func (m *linearMemory) restore() bool {
	if m.image == nil || m.size != uint64(len(m.image.memory)) {
		return false
	}
	return restoreMemory(m.reserve[:m.size], m.image)
}
