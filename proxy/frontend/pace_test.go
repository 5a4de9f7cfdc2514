package frontend

import (
	"testing"
	"time"
)

func TestPace_Delay(t *testing.T) {
	start := time.Unix(1000, 0)
	at := func(ms int) time.Time { return start.Add(time.Duration(ms) * time.Millisecond) }
	tests := []struct {
		name   string
		limit  int
		counts []int // when it happened, in milliseconds
		asked  int
		free   bool
	}{
		{"nothing yet", 2, nil, 0, true},
		{"room", 2, []int{0}, 10, true},
		{"full", 2, []int{0, 1}, 10, false},
		{"still counts at the start of the next second", 2, []int{900, 901}, 1010, false},
		{"half forgotten", 2, []int{900, 901}, 1510, true},
		{"forgotten", 2, []int{0, 1}, 2000, true},
		{"long ago", 1, []int{0}, 5000, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := NewPace(tt.limit)
			for _, ms := range tt.counts {
				p.Count(at(ms))
			}
			now := at(tt.asked)
			delay := p.Delay(now)
			if (delay == 0) != tt.free {
				t.Fatalf("delay %v", delay)
			}
			for i := 0; delay > 0; i++ { // it does end
				if now = now.Add(delay); i == 3 {
					t.Fatalf("still to wait for %v", delay)
				}
				delay = p.Delay(now)
			}
		})
	}
	if NewPace(0).Delay(start) != 0 {
		t.Error("no bound, and a delay")
	}
}
