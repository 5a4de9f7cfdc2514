//go:build unix

package host

import (
	"os"
	"testing"

	"tidelock/abi"
)

// Who holds the other end of a pipe, and does not read, does not hold up the end of the execution.
func TestFile_Close_pipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	p, err := start("exit 0", "", nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	f := newFile(w, true)
	f.process, f.output = p, make([]byte, 1<<20) // more than the pipe takes
	f.Close()                                    //nolint:errcheck // hangs, or does not
}

// An execution that is ended between asking for a file to be closed and its being closed closes it at its end.
func TestFile_close_unfinished(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	var x Execution
	f := newFile(r, false)
	handle, err := x.Hold(f)
	if err != nil {
		t.Fatal(err)
	}
	var arguments abi.Writer
	arguments.Handle(handle)
	if err := fileClose(&Call{Execution: &x, Arguments: abi.NewReader(arguments.Bytes())}); err != errParked {
		t.Fatal(err)
	}
	x.handles.clear()
	if f.os != nil {
		t.Error("the file is still open")
	}
}
