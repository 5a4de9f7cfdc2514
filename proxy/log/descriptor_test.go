package log

import (
	"os"
	"runtime"
	"testing"
	"time"
)

// A descriptor stays open when what was logged to it is forgotten: a reload, or a collection, must not close the
// program's standard output.
func TestDescriptor(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	number := int(w.Fd())
	if Descriptor(number) != Descriptor(number) {
		t.Error("a descriptor has two files, each of which closes it")
	}
	for range 3 {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	if _, err := Descriptor(number).WriteString("x"); err != nil {
		t.Errorf("after a collection: %v", err)
	}
	if Descriptor(1) != os.Stdout || Descriptor(2) != os.Stderr {
		t.Error("standard output and error are others than the program's")
	}
}
