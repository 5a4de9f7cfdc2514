package pause

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		for _, tt := range []struct {
			name     string
			duration time.Duration
			want     bool
			took     time.Duration
		}{
			{"none", 0, true, 0},
			{"to the end", 2 * time.Second, true, 2 * time.Second},
			{"cut short", 2 * time.Second, false, time.Second},
			{"over already", time.Second, false, 0},
			{"none, over already", 0, false, 0},
		} {
			started := time.Now()
			if got := For(ctx, tt.duration); got != tt.want || time.Since(started) != tt.took {
				t.Errorf("%s: %v after %v, want %v after %v", tt.name, got, time.Since(started), tt.want, tt.took)
			}
		}
	})
}
