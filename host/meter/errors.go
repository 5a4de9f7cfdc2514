package meter

import "fmt"

// UnsupportedError reports an instruction or feature that the sandbox refuses,
// in a module that may well be valid WebAssembly.
type UnsupportedError struct {
	// Offset is where it stands in the input, in bytes.
	Offset int
	// What names the instruction or the feature.
	What string
}

func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("wasm: %s is not supported (offset %#x)", e.What, e.Offset)
}

// FormatError reports a module that is malformed or beyond the limits of this
// package.
type FormatError struct {
	// Offset is where the fault was noticed in the input, in bytes.
	Offset int
	// Reason says what is wrong.
	Reason string
}

func (e *FormatError) Error() string {
	return fmt.Sprintf("wasm: %s (offset %#x)", e.Reason, e.Offset)
}
