package counter

import (
	"sync"
	"testing"
	"time"
)

// TestRate_Now expects what "show stat" of HAProxy 2.6.12 said, asked every 100 ms or so.
func TestRate_Now(t *testing.T) {
	type events struct {
		at, n int // milliseconds
	}
	tests := []struct {
		name   string
		events []events
		want   map[int]uint64 // by milliseconds
		max    int64
	}{
		{"none", nil, map[int]uint64{0: 0, 5000: 0}, 0},
		{"one stays one until its second period ends", []events{{0, 1}}, map[int]uint64{0: 1, 999: 1, 1500: 1, 1999: 1, 2000: 0}, 1},
		{"ten fade over the second period", []events{{0, 10}},
			map[int]uint64{0: 10, 900: 10, 1000: 10, 1110: 8, 1500: 5, 1710: 2, 1820: 1, 1910: 0, 2500: 0}, 10},
		{"the period goes on from the first event", []events{{0, 10}, {700, 10}},
			map[int]uint64{700: 20, 900: 20, 1010: 19, 1210: 15, 1410: 11, 1910: 1}, 20},
		{"the period before counts for what is left of it", []events{{0, 10}, {1200, 4}}, map[int]uint64{1200: 12, 1500: 9, 1999: 4, 2000: 4, 2500: 2}, 10},
		{"nothing of a period long ago", []events{{0, 10}, {2500, 3}}, map[int]uint64{2500: 3, 3499: 3}, 10},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for at, want := range tt.want {
				var r Rate
				for _, e := range tt.events {
					if e.at <= at {
						r.AddN(epoch.Add(time.Hour+time.Duration(e.at)*time.Millisecond), uint64(e.n))
					}
				}
				if got := r.Now(epoch.Add(time.Hour + time.Duration(at)*time.Millisecond)); got != want {
					t.Errorf("after %d ms %d, want %d", at, got, want)
				}
				if got := r.Max(); got > tt.max {
					t.Errorf("maximum %d, want at most %d", got, tt.max)
				}
			}
		})
	}
}

// Events counted at once by many are all counted, whatever period they find.
func TestRate_Add_Hammer(t *testing.T) {
	const workers, events = 8, 1000
	var r Rate
	now := epoch.Add(time.Hour)
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for range events {
				r.Add(now)
			}
		})
	}
	group.Wait()
	if got := r.Now(now); got != workers*events {
		t.Errorf("%d events, want %d", got, workers*events)
	}
	if got := r.Max(); got != workers*events {
		t.Errorf("maximum %d, want %d", got, workers*events)
	}
}

func BenchmarkRate_Add(b *testing.B) {
	var r Rate
	now := time.Now()
	for b.Loop() {
		r.Add(now)
	}
}
