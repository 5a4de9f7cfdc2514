package host

import (
	"bytes"
	"context"
	"testing"
)

// TestLinearMemory_restore changes a clone's memory and makes it equal to its image again, whichever way is chosen.
func TestLinearMemory_restore(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	image, _ := newTestImage(t, e, `
action("count", function() count = (count or 0) + 1 return count end)
ballast = ("x"):rep(2 << 20)`, nil)
	in := image.groups[0].instances[0]
	memory, original := in.memory.bytes(), image.snapshot.memory
	size := len(memory)
	if !bytes.Equal(memory, original) {
		t.Fatal("a clone is not like its image")
	}
	const page = 4096
	for _, tt := range []struct {
		name  string
		dirty func()
	}{
		{"nothing", func() {}},
		{"one byte", func() { memory[12345]++ }},
		{"first and last page", func() { memory[0]++; memory[size-1]++ }},
		{"a written byte that is equal", func() { memory[777] = original[777] }},
		{"some pages", func() {
			for i := range 100 {
				memory[i*3*page]++
			}
		}},
		{"many pages", func() {
			for i := 0; i < size; i += 2 * page {
				memory[i]++
			}
		}},
		{"all of it", func() { clear(memory) }},
		{"pages that were only read", func() {
			sum := byte(0)
			for i := 0; i < size; i += page {
				sum += memory[i]
			}
			memory[page] += sum | 1
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for range 2 { // what was restored can be written and restored again
				tt.dirty()
				if !in.memory.restore() {
					t.Fatal("cannot be restored")
				}
				if !bytes.Equal(memory, original) {
					t.Fatal("differs from the image")
				}
			}
		})
	}
	if got, err := run(context.Background(), image, "count"); err != nil || got != "1" {
		t.Errorf("afterwards: %q, %v", got, err)
	}
}

// A memory that has grown cannot shrink: such a clone is replaced.
func TestLinearMemory_restore_grown(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	image, _ := newTestImage(t, e, `action("none", function() end)`, nil)
	in := image.groups[0].instances[0]
	if _, ok := in.module.Memory().Grow(1); !ok {
		t.Fatal("memory does not grow")
	}
	if used := e.MemoryInUse(); used != wasmPage {
		t.Errorf("%d bytes charged for a page", used)
	}
	if in.memory.restore() {
		t.Error("restored, though it has grown")
	}
}

// Two clones of one image, and the image, do not see each other's writes.
func TestLinearMemory_private(t *testing.T) {
	e := newTestEngine(t, EngineConfig{})
	image, _ := newTestImage(t, e, `action("none", function() end)`, func(c *ImageConfig) { c.Instances = 2 })
	one, two := image.groups[0].instances[0].memory.bytes(), image.groups[0].instances[1].memory.bytes()
	before := image.snapshot.memory[100]
	one[100]++
	if two[100] != before || image.snapshot.memory[100] != before {
		t.Error("a write reached another clone, or the image")
	}
}
