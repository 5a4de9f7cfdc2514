//go:build !unix

package host

import "time"

// processTime returns the time since the process started, as the nearest thing to the processor time that it used.
func processTime() time.Duration { return monotonic() }
