package host

import (
	"context"
	"strings"
	"testing"

	"tidelock/abi"
)

// TestInstance_dispatch_Errors has a guest make calls that no guest should: each ends with an error that it can read.
func TestInstance_dispatch_Errors(t *testing.T) {
	const end = 2 << 16
	e := newTestEngine(t, EngineConfig{InstanceMemory: 1 << 20})
	for _, tt := range []struct {
		name            string
		operation       abi.Operation
		address, length uint32
		want            string
	}{
		{"unknown operation", 99, guestOutbox, 0, errOperation.Error()},
		{"last operation", abi.FirstFunction - 1, guestOutbox, 0, errOperation.Error()},
		{"function that was never bound", abi.FirstFunction, guestOutbox, 0, errOperation.Error()},
		{"last function", 1<<32 - 1, guestOutbox, 0, errOperation.Error()},
		{"address outside", abi.OpClock, end, 1, errBounds.Error()},
		{"last address", abi.OpClock, 1<<32 - 1, 1, errBounds.Error()},
		{"length outside", abi.OpClock, end - 1, 2, errBounds.Error()},
		{"last length", abi.OpClock, 0, 1<<32 - 1, errBounds.Error()},
		{"sum that wraps around", abi.OpClock, 1<<32 - 8, 16, errBounds.Error()},
		{"arguments in the inbox", abi.OpWarn, guestInbox + 100, 9, errOverlap.Error()},
		{"arguments around the inbox", abi.OpWarn, guestInbox - 1, abi.InboxSize + 2, errOverlap.Error()},
		{"malformed arguments", abi.OpWarn, guestOutbox, 8, "truncated number"},
		{"argument of another type", abi.OpWarn, guestSpare, 1, "bad argument #1 (string expected, got nil)"},
		{"resolve without a name", abi.OpResolve, guestOutbox, 0, "bad argument #1"},
		{"resolve an unknown name", abi.OpResolve, guestOutbox, 9, `the host has no function "1"`},
		{"take without a result", abi.OpTake, guestSpare, 100, errBounds.Error()},
		{"take outside", abi.OpTake, end, 1, errBounds.Error()},
		{"wait without an operation", abi.OpWait, guestOutbox, 0, errNoPark.Error()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			// The packed result becomes the integer that the guest returns.
			image := newSealedGuestImage(t, e, replaced(abi.ExportStart,
				storing(guestOutbox+1, callHost(tt.operation, tt.address, tt.length)), returns(abi.Done, 9)))
			x := image.Registration("action", "bad").Begin(context.Background(), nil)
			defer x.End()
			if err := x.Run(); err != nil {
				t.Fatal(err)
			}
			results := x.Results()
			status, length := abi.Unpack(uint64(results.Next().Int))
			answer := abi.NewReader(x.instance.inbox()[:length])
			if message := string(answer.Next().Bytes); abi.Status(status) != abi.StatusError || !strings.Contains(message, tt.want) {
				t.Errorf("got status %d, %q, want %d, %q", status, message, abi.StatusError, tt.want)
			}
		})
	}
}

// TestInstance_dispatch_buffers moves the buffers to where they cannot be while the guest runs.
func TestInstance_dispatch_buffers(t *testing.T) {
	e := newTestEngine(t, EngineConfig{InstanceMemory: 1 << 20})
	inbox := func(address, size uint32) []byte {
		return storing(guestDescriptor, constant64(uint64(size)<<32|uint64(address)))
	}
	outbox := func(address, size uint32) []byte {
		return storing(guestDescriptor+8, constant64(uint64(size)<<32|uint64(address)))
	}
	clock := callHost(abi.OpClock, guestSpare, 0)
	for _, tt := range []struct {
		name   string
		move   []byte
		status abi.Status
		length int
	}{
		{"inbox outside", inbox(1<<32-1, 64), abi.StatusError, 0},
		{"inbox too long", inbox(guestInbox, 1<<32-1), abi.StatusError, 0},
		{"inbox of no size", inbox(guestInbox, 0), abi.StatusMore, 9},
		{"inbox over the descriptor", inbox(guestDescriptor-8, 64), abi.StatusOK, 9},
		{"inbox at the end", inbox(2<<16-9, 9), abi.StatusOK, 9},
		{"outbox outside", outbox(1<<32-1, 64), abi.StatusOK, 9},
		{"outbox over the inbox", outbox(guestInbox, abi.InboxSize), abi.StatusOK, 9},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got uint64
			image := newSealedGuestImage(t, e, replaced(abi.ExportStart,
				onlyFor(1, code(tt.move, storing(guestSpare+8, clock), returns(abi.Done, 1<<20)))))
			x := image.Registration("action", "bad").Begin(context.Background(), nil)
			defer x.End()
			x.Run() //nolint:errcheck // what the outbox holds may be no values
			for i := range 8 {
				got |= uint64(x.instance.memory.bytes()[guestSpare+8+i]) << (8 * i)
			}
			if status, length := abi.Unpack(got); abi.Status(status) != tt.status || length != tt.length {
				t.Errorf("got status %d, length %d, want %d, %d", status, length, tt.status, tt.length)
			}
			if _, err := run(context.Background(), image, "good"); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}
