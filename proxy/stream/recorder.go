package stream

// Recorder is given a copy of a response's body while it passes.
type Recorder interface {
	// Write is given a piece, which it must not keep.
	Write(p []byte)
	// Finish is called when the body has come to its end, and not when it was cut off.
	Finish()
}
