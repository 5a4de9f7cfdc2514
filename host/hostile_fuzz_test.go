package host

import (
	"context"
	"encoding/binary"
	"testing"
	"time"

	"tidelock/abi"
)

// replayCalls is the code of a guest that makes the calls listed in its second page:
//
//	65536  u32 number of calls
//	65540  u32 operation  u32 address  u32 length    for each
var replayCalls = code(
	constant32(guestSpare+4), []byte{0x21, 0x03}, // local 3: where the next call stands
	[]byte{0x02, 0x40, 0x03, 0x40}, // block loop
	[]byte{0x20, 0x03}, constant32(guestSpare), load32(0), constant32(12), []byte{0x6c}, constant32(guestSpare+4), []byte{0x6a},
	[]byte{0x4f, 0x0d, 0x01}, // leave behind the last one
	[]byte{0x20, 0x03}, load32(0), []byte{0x20, 0x03}, load32(4), []byte{0x20, 0x03}, load32(8), []byte{0x10, 0x00, 0x1a},
	[]byte{0x20, 0x03}, constant32(12), []byte{0x6a, 0x21, 0x03, 0x0c, 0x00, 0x0b, 0x0b},
	returns(abi.Done, 64),
)

func load32(offset byte) []byte { return []byte{0x28, 0x00, offset} }

// FuzzGuestCalls has a guest make arbitrary calls from arbitrary memory: whatever comes back, the host must bear it.
func FuzzGuestCalls(f *testing.F) {
	call := func(operation abi.Operation, address, length uint32) []byte {
		b := binary.LittleEndian.AppendUint32(nil, uint32(operation))
		return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(b, address), length)
	}
	text := abi.NewWriter(nil)
	text.String("echo")
	handle := abi.NewWriter(nil)
	handle.Handle(1)
	park := abi.FirstFunction + 5
	f.Add(code(call(abi.OpResolve, guestOutbox, 9), call(abi.FirstFunction, guestOutbox, 9)), text.Bytes(), uint16(guestOutbox))
	f.Add(code(call(park, guestOutbox, 9), call(abi.OpWait, 0, 0), call(abi.OpTake, guestInbox, 0xffff)), text.Bytes(), uint16(guestOutbox))
	f.Add(code(call(abi.FirstFunction+4, guestOutbox, 5), call(abi.FirstFunction+3, 0, 0)), handle.Bytes(), uint16(guestOutbox))
	f.Add(code(call(abi.OpTime, 0, 16), call(abi.OpRandom, 0xffffffff, 2), call(abi.OpClock, guestInbox, 1)), []byte("\xff\xff\xff\xff"), uint16(guestDescriptor))

	e := newTestEngine(f, EngineConfig{InstanceMemory: 1 << 20})
	image := newSealedGuestImage(f, e, replaced(abi.ExportStart, onlyFor(1, replayCalls)))
	w := &world{}
	library := Libraries{w.library(), Functions{"park": func(c *Call) error {
		value := c.Next()
		kept := append([]byte(nil), value.Bytes...)
		return c.Park(func(_ context.Context, results *abi.Writer) error {
			for range 1000 {
				results.StringBytes(kept)
			}
			return nil
		})
	}}}
	image.bindings.library = library
	for _, name := range []string{"echo", "add", "fail", "object.new", "object.read", "park", "print"} {
		if _, err := image.bindings.bind(name); err != nil {
			f.Fatal(err)
		}
	}
	bad := image.Registration("action", "bad")
	f.Fuzz(func(t *testing.T, calls, memory []byte, at uint16) {
		x := bad.Begin(context.Background(), nil)
		defer x.End()
		in, err := bad.group.claim(x.ctx)
		if err != nil {
			t.Fatal(err)
		}
		pages := in.memory.bytes()
		clear(pages)
		copy(pages[guestDescriptor:], guestModule{}.descriptorBytes())
		copy(pages[at:guestSpare], memory)
		count := copy(pages[guestSpare+4:], calls) / 12
		binary.LittleEndian.PutUint32(pages[guestSpare:], uint32(count))
		x.instance, x.generation, x.slot = in, in.generation, in.takeSlot()
		began := time.Now()
		x.drive(abi.ExportStart, uint64(bad.number), 0) //nolint:errcheck // any error will do
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%d calls took %v", count, took)
		}
		in.reset(image)
		bad.unclaim(in)
		if _, err := run(context.Background(), image, "good"); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}
