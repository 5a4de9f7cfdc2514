package host

import (
	"context"
	"testing"
)

func TestEngine_Statistics(t *testing.T) {
	for _, test := range []struct {
		isolation Isolation
		instances int64 // while the image is open
		resets    int64 // after three executions
	}{
		{IsolateRegistrations, 2, 0},
		{IsolateTransactions, 1, 3},
	} {
		t.Run(string(test.isolation), func(t *testing.T) {
			e := newTestEngine(t, EngineConfig{})
			image, _ := newTestImage(t, e, countingScript, func(c *ImageConfig) { c.Isolation = test.isolation })
			for range 3 {
				if _, err := run(context.Background(), image, "one"); err != nil {
					t.Fatal(err)
				}
			}
			got := e.Statistics()
			if got.Instances != test.instances || got.Resets.Times != test.resets || got.Clones.Times < test.instances || got.Clones.Took <= 0 {
				t.Errorf("Statistics() = %+v, want %d instances, made as clones, and %d resets", got, test.instances, test.resets)
			}
			if err := image.Close(); err != nil {
				t.Fatal(err)
			}
			if got := e.Statistics(); got.Instances != 0 || got.Memory != 0 {
				t.Errorf("Statistics() = %+v after the image was closed", got)
			}
		})
	}
}
