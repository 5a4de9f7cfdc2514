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
	h := handles{epoch: 0x12345}
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
	if again, _ := h.add("third"); again != first {
		t.Errorf("a place was not used again: %#x", again)
	}
}

func TestHandles_get_Errors(t *testing.T) {
	h := handles{epoch: 7}
	good, _ := h.add("object")
	later := handles{epoch: 8}
	if _, err := later.add("other"); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		in     *handles
		handle uint32
	}{
		{"nothing held", &handles{epoch: 7}, good},
		{"another execution", &later, good},
		{"zero", &h, 0},
		{"zero of this execution", &h, 7 << handleIndexBits},
		{"index beyond", &h, good + 1},
		{"last index", &h, good | 1<<handleIndexBits - 1},
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
	h := handles{objects: make([]any, 1<<handleIndexBits-1)}
	for i := range h.objects {
		h.objects[i] = "object"
	}
	for range 2 { // one more may fit; never two
		if _, err := h.add("object"); err != nil {
			return
		}
	}
	t.Errorf("%d objects held", len(h.objects))
}
