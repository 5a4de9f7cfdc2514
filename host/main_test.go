package host

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
)

// testCache keeps the compiled guest for all tests of one run.
var testCache string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "tidelock-host-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	testCache = dir
	code := m.Run()
	os.RemoveAll(dir)
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, "goroutines left behind:", err)
			code = 1
		}
	}
	os.Exit(code)
}
