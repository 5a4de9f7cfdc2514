package host

import (
	"errors"
	"fmt"
	"io"
	"sync/atomic"
)

// ErrStaleHandle is raised in a script that uses an object after the execution which it belongs to has ended, or a
// handle that it never got.
var ErrStaleHandle = errors.New("this object is no longer valid: the execution that it belongs to has ended")

// handles is an execution's table of the host objects that its script holds. No handle is given twice, by this
// execution or another, until all four thousand million have been used: one that a script keeps beyond its execution
// opens nothing. 0 is no object's handle: what a closed object is left with.
type handles struct {
	held []held // few: most executions hold one, and look for it
}

// held is one object, or with a nil object a free place.
type held struct {
	handle uint32
	object any
}

// maxHandles is far more than scripts need, and keeps the search short.
const maxHandles = 4096

var lastHandle atomic.Uint32

func newHandle() uint32 {
	for {
		if handle := lastHandle.Add(1); handle != 0 {
			return handle
		}
	}
}

func (h *handles) add(object any) (uint32, error) {
	for i := range h.held {
		if h.held[i].object == nil {
			h.held[i] = held{newHandle(), object}
			return h.held[i].handle, nil
		}
	}
	if len(h.held) == maxHandles {
		return 0, fmt.Errorf("more than %d objects held by one execution", maxHandles)
	}
	h.held = append(h.held, held{newHandle(), object})
	return h.held[len(h.held)-1].handle, nil
}

// find returns the place of a handle, nil when it is stale.
func (h *handles) find(handle uint32) *held {
	for i := range h.held {
		if h.held[i].handle == handle && handle != 0 {
			return &h.held[i]
		}
	}
	return nil
}

func (h *handles) get(handle uint32) (any, error) {
	if place := h.find(handle); place != nil {
		return place.object, nil
	}
	return nil, ErrStaleHandle
}

func (h *handles) remove(handle uint32) {
	if place := h.find(handle); place != nil {
		*place = held{}
	}
}

// count tells how many objects are of one sort.
func (h *handles) count(is func(object any) bool) (n int) {
	for _, place := range h.held {
		if is(place.object) {
			n++
		}
	}
	return n
}

// clear forgets all objects, closing those that can be closed: sockets and files do not outlive their execution.
func (h *handles) clear() {
	for i := range h.held {
		if c, ok := h.held[i].object.(io.Closer); ok {
			c.Close()
		}
		h.held[i] = held{}
	}
	h.held = h.held[:0]
}
