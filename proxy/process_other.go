//go:build !unix

package proxy

import "time"

// processorTime is not known here.
func processorTime() time.Duration { return 0 }

// descriptorLimit is not known here.
func descriptorLimit() uint64 { return 0 }
