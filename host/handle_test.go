package host

import (
	"errors"
	"testing"
)

// closer counts how often it is closed.
type closer struct{ closed int }

func (c *closer) Close() error {
	c.closed++
	return nil
}

func TestHandles(t *testing.T) {
	var h handles
	first, _ := h.add("first")
	second, _ := h.add("second")
	if first == second || first == 0 {
		t.Fatalf("handles %#x and %#x", first, second)
	}
	for handle, want := range map[uint32]string{first: "first", second: "second"} {
		if got, err := h.get(handle); err != nil || got != want {
			t.Errorf("%#x: got %v, %v, want %s", handle, got, err, want)
		}
	}
	h.remove(first)
	if _, err := h.get(first); !errors.Is(err, ErrStaleHandle) {
		t.Errorf("removed: got %v", err)
	}
	h.remove(first) // again
	if again, _ := h.add("third"); again == first || len(h.held) != 2 {
		t.Errorf("the place is to be used again, the handle is not: %#x, %d places", again, len(h.held))
	}
}

// An execution's handles stay strange to the next one, however many executions lie between.
func TestHandles_used_again(t *testing.T) {
	var h handles
	kept, _ := h.add("kept")
	for range 1<<16 + 1 {
		h.clear()
		if _, err := h.add("another"); err != nil {
			t.Fatal(err)
		}
		if object, err := h.get(kept); err == nil {
			t.Fatalf("a handle kept from an earlier execution opens %v", object)
		}
	}
}

// The handle of closed objects is not given when the numbers come round.
func TestHandles_round(t *testing.T) {
	defer lastHandle.Store(lastHandle.Load())
	lastHandle.Store(1<<32 - 2)
	var h handles
	for _, want := range []uint32{1<<32 - 1, 1} {
		if got, err := h.add("object"); err != nil || got != want {
			t.Errorf("handle %#x, %v, want %#x", got, err, want)
		}
	}
}

func TestHandles_get_Errors(t *testing.T) {
	var h, later handles
	good, _ := h.add("object")
	gone, _ := h.add("gone")
	h.remove(gone)
	if _, err := later.add("other"); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		in     *handles
		handle uint32
	}{
		{"nothing held", &handles{}, good},
		{"another execution", &later, good},
		{"zero", &h, 0},
		{"removed", &h, gone},
		{"not given yet", &h, 1<<31 + good},
		{"all bits", &h, 1<<32 - 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if object, err := tt.in.get(tt.handle); !errors.Is(err, ErrStaleHandle) {
				t.Errorf("got %v, %v", object, err)
			}
		})
	}
}

func TestHandles_clear(t *testing.T) {
	var h handles
	closed, released := new(closer), new(closer)
	for _, object := range []any{closed, "not a closer"} {
		if _, err := h.add(object); err != nil {
			t.Fatal(err)
		}
	}
	handle, _ := h.add(released)
	h.remove(handle)
	h.clear()
	h.clear()
	if closed.closed != 1 || released.closed != 0 {
		t.Errorf("closed %d times, the released one %d times; want 1, 0", closed.closed, released.closed)
	}
}

func TestHandles_full(t *testing.T) {
	var h handles
	for range maxHandles {
		if _, err := h.add("object"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.add("object"); err == nil {
		t.Errorf("%d objects held", len(h.held))
	}
}
