package host

import (
	"errors"
	"io"
)

// ErrStaleHandle is raised in a script that uses an object after the execution which it belongs to has ended, or a
// handle that it never got.
var ErrStaleHandle = errors.New("this object is no longer valid: the execution that it belongs to has ended")

// handles is an execution's table of the host objects that its script holds. A handle is an index, counted from 1, and
// above it the low bits of a number that is new for each execution, so that handles kept by a script beyond the
// execution do not open somebody else's objects. 0 is no object's handle: what a closed object is left with.
type handles struct {
	objects []any
	epoch   uint32
}

const handleIndexBits = 16

func (h *handles) add(object any) (uint32, error) {
	for i, o := range h.objects {
		if o == nil {
			h.objects[i] = object
			return h.epoch<<handleIndexBits | uint32(i+1), nil
		}
	}
	if len(h.objects) == 1<<handleIndexBits-1 {
		return 0, errors.New("too many objects held by one execution")
	}
	h.objects = append(h.objects, object)
	return h.epoch<<handleIndexBits | uint32(len(h.objects)), nil
}

func (h *handles) get(handle uint32) (any, error) {
	index := handle&(1<<handleIndexBits-1) - 1 // of 0, beyond every length
	if handle>>handleIndexBits != h.epoch&(1<<(32-handleIndexBits)-1) || index >= uint32(len(h.objects)) || h.objects[index] == nil {
		return nil, ErrStaleHandle
	}
	return h.objects[index], nil
}

func (h *handles) remove(handle uint32) {
	if _, err := h.get(handle); err == nil {
		h.objects[handle&(1<<handleIndexBits-1)-1] = nil
	}
}

// count tells how many objects are of one sort.
func (h *handles) count(is func(object any) bool) (n int) {
	for _, object := range h.objects {
		if is(object) {
			n++
		}
	}
	return n
}

// clear forgets all objects, closing those that can be closed: sockets and files do not outlive their execution.
func (h *handles) clear() {
	for i, object := range h.objects {
		if c, ok := object.(io.Closer); ok {
			c.Close()
		}
		h.objects[i] = nil
	}
	h.objects = h.objects[:0]
}
