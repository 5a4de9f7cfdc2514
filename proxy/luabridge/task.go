package luabridge

import (
	"context"
	"errors"
	"strings"
	"time"

	"tidelock/abi"
	"tidelock/host"
	"tidelock/proxy/pause"
)

// The pause before a task is started again: the first one, and the longest.
const (
	firstRestart = 100 * time.Millisecond
	lastRestart  = time.Minute
)

// taskEnded is told how a task ended, in the task's own goroutine. One that failed is logged; one that was registered to be
// started again is, after a pause that grows each time until it has run for long.
func (m *image) taskEnded(r *host.Registration, err error) {
	options := abi.NewReader(r.Options)
	restarts := options.Next().Truth()
	for delay := firstRestart; m.taskFailed(err) && restarts; delay = min(2*delay, lastRestart) {
		if !pause.For(m.life, delay) {
			return
		}
		started := time.Now()
		err = run(m.life, r)
		if time.Since(started) > lastRestart {
			delay = firstRestart
		}
	}
}

// taskFailed reports, and logs, that a task did not end by its own wish.
func (m *image) taskFailed(err error) bool {
	var failed *host.ExecutionError
	if err == nil || errors.As(err, &failed) && strings.HasSuffix(failed.Message, errFinished.Error()) {
		return false
	}
	m.failed(nil, "Lua task", err)
	return true
}

func run(ctx context.Context, r *host.Registration) error {
	x := r.Begin(ctx, nil)
	defer x.End()
	return x.Run()
}
