package host

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"tidelock/abi"
)

// newGuestImage starts a guest written by hand.
func newGuestImage(e *Engine, guest []byte) (*Image, error) {
	return e.NewImage(context.Background(), ImageConfig{
		Guest: guest, Isolation: IsolateScripts, LoadTime: 10 * time.Millisecond, Library: new(world).library(),
		Limits: map[string]Limits{"action": {Time: time.Millisecond}},
	})
}

func replaced(export string, parts ...[]byte) guestModule {
	return guestModule{code: map[string][]byte{export: code(parts...)}}
}

func TestEngine_NewImage_Errors(t *testing.T) {
	good := guestModule{}.bytes()
	tests := []struct {
		name  string
		guest []byte
		want  string
	}{
		{"nothing", nil, "guest module: "},
		{"no module", []byte("#!/bin/sh"), "guest module: "},
		{"truncated", good[:len(good)-20], "guest module: "},
		{"older version", replaced(abi.ExportVersion, constant32(0)).bytes(), "its ABI has version 0.0, this host has 1."},
		{"newer version", replaced(abi.ExportVersion, constant32(7<<16|2)).bytes(), "its ABI has version 7.2"},
		{"WASI", guestModule{imports: [][2]string{{"wasi_snapshot_preview1", "path_symlink"}}}.bytes(), "imports wasi_snapshot_preview1.path_symlink, which the sandbox does not give"},
		{"more of the host", guestModule{imports: [][2]string{{abi.ImportModule, "more"}}}.bytes(), "imports tidelock.more, which"},
		{"call with another type", guestModule{callType: "\x60\x01\x7f\x01\x7e", code: map[string][]byte{}}.bytes(), "call"},
		{"no memory", guestModule{noMemory: true}.bytes(), ""},
		{"descriptor at zero", replaced(abi.ExportAllocate, constant32(0)).bytes(), "buffers outside its memory"},
		{"descriptor outside", replaced(abi.ExportAllocate, constant32(2<<16-8)).bytes(), "buffers outside its memory"},
		{"descriptor at the end of the address space", replaced(abi.ExportAllocate, constant32(1<<32-1)).bytes(), "buffers outside its memory"},
		{"inbox outside", guestModule{descriptor: []uint32{1<<32 - 1, abi.InboxSize, guestOutbox, abi.InboxSize}}.bytes(), "buffers outside its memory"},
		{"inbox too small", guestModule{descriptor: []uint32{guestInbox, abi.InboxSize - 1, guestOutbox, abi.InboxSize}}.bytes(), "buffers outside its memory"},
		{"outbox outside", guestModule{descriptor: []uint32{guestInbox, abi.InboxSize, guestOutbox, 1<<32 - 1}}.bytes(), "buffers outside its memory"},
		{"endless version", replaced(abi.ExportVersion, loopForever).bytes(), "execution killed"},
		{"endless initialisation", replaced(abi.ExportInitialise, loopForever).bytes(), "_initialize: execution killed"},
		{"endless allocation", replaced(abi.ExportAllocate, loopForever).bytes(), "allocate: execution killed"},
		{"trap in version", replaced(abi.ExportVersion, trap).bytes(), "unreachable"},
		{"trap in initialisation", replaced(abi.ExportInitialise, trap).bytes(), "unreachable"},
		{"trap in allocation", replaced(abi.ExportAllocate, trap).bytes(), "unreachable"},
	}
	for _, export := range guestExports {
		tests = append(tests, struct {
			name  string
			guest []byte
			want  string
		}{"without " + export.name, guestModule{omit: export.name}.bytes(), `exports no function "` + export.name + `"`})
		if export.name != abi.ExportInitialise {
			tests = append(tests, struct {
				name  string
				guest []byte
				want  string
			}{"another type of " + export.name, guestModule{retype: export.name}.bytes(), `export "` + export.name + `" has another type`})
		}
	}
	e := newTestEngine(t, EngineConfig{InstanceMemory: 1 << 20})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			image, err := newGuestImage(e, tt.guest)
			if err == nil {
				image.Close()
				t.Fatal("accepted")
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %q, want %q in it", err, tt.want)
			}
		})
	}
}

// TestImage_Load_hostileGuest has guests misbehave between their start and the snapshot.
func TestImage_Load_hostileGuest(t *testing.T) {
	e := newTestEngine(t, EngineConfig{InstanceMemory: 1 << 20})
	for _, tt := range []struct {
		name  string
		guest guestModule
		want  error
	}{
		{"well-behaved", guestModule{}, nil},
		{"endless load", replaced(abi.ExportLoad, loopForever), ErrKilled},
		{"trap in load", replaced(abi.ExportLoad, trap), ErrFault},
		{"load fails without a message", replaced(abi.ExportLoad, returns(abi.Failed, 0)), ErrScript},
		{"load out of memory", replaced(abi.ExportLoad, returns(abi.OutOfMemory, 0)), ErrOutOfMemory},
		{"load with another outcome", replaced(abi.ExportLoad, returns(99, 9)), ErrScript},
		{"load without a number", replaced(abi.ExportLoad, returns(abi.Done, 0)), ErrFault},
		{"load with a wild length", replaced(abi.ExportLoad, returns(abi.Done, 1<<32-1)), nil},
		{"endless start", replaced(abi.ExportStart, loopForever), ErrKilled},
		{"endless collect", replaced(abi.ExportCollect, loopForever), ErrKilled},
		{"trap in collect", replaced(abi.ExportCollect, trap), ErrFault},
	} {
		t.Run(tt.name, func(t *testing.T) {
			image, err := newGuestImage(e, tt.guest.bytes())
			if err != nil {
				t.Fatal(err)
			}
			defer image.Close()
			err = image.Load(context.Background(), Chunk{"=chunk", "text"})
			if err == nil {
				err = image.Seal(context.Background())
			}
			if !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
		})
	}
}

// TestExecution_Run_hostileGuest has a registered function misbehave, and another one run in the same instance
// afterwards.
func TestExecution_Run_hostileGuest(t *testing.T) {
	parked, large := returns(abi.Parked, 0), strings.Repeat("x", abi.InboxSize)
	growing := []byte{0x03, 0x40, 0x41, 0x01, 0x40, 0x00, 0x1a, 0x0c, 0x00, 0x0b, 0x00} // loop memory.grow(1) drop br 0 end
	deep := bytes.Repeat([]byte{byte(abi.Table), 0, 0, 0, 0}, abi.MaxDepth+1)
	for i := range abi.MaxDepth + 1 {
		deep[5*i+1], deep[5*i+2] = byte(len(deep)-5*(i+1)), byte((len(deep)-5*(i+1))>>8)
	}
	start := func(parts ...[]byte) guestModule { return replaced(abi.ExportStart, onlyFor(1, code(parts...))) }
	and := func(g guestModule, export string, parts ...[]byte) guestModule {
		g.code[export] = code(parts...)
		return g
	}
	withOutbox := func(g guestModule, outbox []byte) guestModule {
		g.outbox = outbox
		return g
	}
	onlyBig := func(body []byte) []byte { // allocate, for more than it starts with
		return code([]byte{0x20, 0x00}, constant32(abi.InboxSize), []byte{0x4d, 0x04, 0x40}, constant32(guestDescriptor), []byte{0x0f, 0x0b}, body)
	}
	shrink := code(storing(guestDescriptor, constant64(guestInbox)), constant32(guestDescriptor))

	e := newTestEngine(t, EngineConfig{InstanceMemory: 1 << 20})
	for _, tt := range []struct {
		name     string
		guest    guestModule
		argument string
		want     error
	}{
		{"endless loop", start(loopForever), "", ErrKilled},
		{"endless loop, interrupt loops too", and(start(loopForever), abi.ExportInterrupt, loopForever), "", ErrKilled},
		{"endless loop, interrupt traps", and(start(loopForever), abi.ExportInterrupt, trap), "", ErrKilled},
		{"endless loop, locate loops too", and(start(loopForever), abi.ExportLocate, loopForever), "", ErrKilled},
		{"endless loop, locate traps", and(start(loopForever), abi.ExportLocate, trap), "", ErrKilled},
		{"endless loop, locate has a wild length", and(start(loopForever), abi.ExportLocate, returns(abi.Done, 1<<32-1)), "", ErrKilled},
		{"endless growth", start(growing), "", ErrKilled},
		{"endless recursion", start(recurse, []byte{0x10, guestModule{}.functionIndex(abi.ExportStart)}), "", ErrFault},
		{"trap", start(trap), "", ErrFault},
		{"another outcome", start(returns(99, 0)), "", ErrFault},
		{"wild length", start(returns(abi.Done, 1<<32-1)), "", nil},
		{"malformed results", withOutbox(start(returns(abi.Done, 1)), []byte{0xee}), "", ErrFault},
		{"results nested too deeply", withOutbox(start(returns(abi.Done, len(deep))), deep), "", ErrFault},
		{"fails without a message", start(returns(abi.Failed, 0)), "", ErrScript},
		{"fails with a wild length", start(returns(abi.Failed, 1<<32-1)), "", ErrScript},
		{"fails out of memory", start(returns(abi.OutOfMemory, 0)), "", ErrOutOfMemory},
		{"parks without an operation", start(parked), "", nil},
		{"parks for ever", and(start(parked), abi.ExportResume, parked), "", ErrTimeout},
		{"yields for ever", and(start(returns(abi.Yielded, 0)), abi.ExportResume, returns(abi.Yielded, 0)), "", ErrTimeout},
		{"cancel loops", and(and(start(parked), abi.ExportResume, parked), abi.ExportCancel, loopForever), "", ErrKilled},
		{"cancel traps", and(and(start(parked), abi.ExportResume, parked), abi.ExportCancel, trap), "", ErrFault},
		{"allocate loops", replaced(abi.ExportAllocate, onlyBig(loopForever)), large, ErrKilled},
		{"allocate traps", replaced(abi.ExportAllocate, onlyBig(trap)), large, ErrFault},
		{"allocate refuses", replaced(abi.ExportAllocate, onlyBig(constant32(0))), large, ErrOutOfMemory},
		{"allocate does nothing", guestModule{}, large, ErrOutOfMemory},
		{"allocate shrinks", replaced(abi.ExportAllocate, onlyBig(shrink)), large, ErrOutOfMemory},
	} {
		t.Run(tt.name, func(t *testing.T) {
			image := newSealedGuestImage(t, e, tt.guest)
			if _, err := run(context.Background(), image, "bad", tt.argument); !errors.Is(err, tt.want) {
				t.Errorf("got %v, want %v", err, tt.want)
			}
			if _, err := run(context.Background(), image, "good"); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

// newSealedGuestImage has action "bad" under the number 1, and "good" under 2.
func newSealedGuestImage(tb testing.TB, e *Engine, guest guestModule) *Image {
	tb.Helper()
	image, err := newGuestImage(e, guest.bytes())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { image.Close() })
	for number, name := range []string{1: "bad", 2: "good"} {
		if name == "" {
			continue
		}
		if err := image.register(nil, &Registration{Kind: "action", Name: name, number: uint32(number)}); err != nil {
			tb.Fatal(err)
		}
	}
	if err := image.Seal(context.Background()); err != nil {
		tb.Fatal(err)
	}
	return image
}
