// Package pause waits for a while that may be cut short.
package pause

import (
	"context"
	"time"
)

// For waits, and reports false when ctx ends before.
func For(ctx context.Context, duration time.Duration) bool {
	if duration <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(duration)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
