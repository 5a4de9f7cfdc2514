package abi

import (
	"math"
	"testing"
)

func TestPack(t *testing.T) {
	for _, tt := range []struct {
		name   string
		status uint8
		length int
		packed uint64
	}{
		{"zero", 0, 0, 0},
		{"length alone", 0, 8192, 0x2000},
		{"status alone", uint8(StatusMore), 0, 0x3_0000_0000},
		{"both", uint8(Failed), 17, 0x3_0000_0011},
		{"largest", math.MaxUint8, math.MaxUint32, 0xff_ffff_ffff},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Pack(tt.status, tt.length); got != tt.packed {
				t.Errorf("Pack gives %#x, want %#x", got, tt.packed)
			}
			if status, length := Unpack(tt.packed); status != tt.status || length != tt.length {
				t.Errorf("Unpack gives %d, %d, want %d, %d", status, length, tt.status, tt.length)
			}
		})
	}
}

// A guest may set the bits that are to be zero.
func TestUnpack_ignoresUpperBits(t *testing.T) {
	if status, length := Unpack(math.MaxUint64); status != math.MaxUint8 || length != math.MaxUint32 {
		t.Errorf("got %d, %d", status, length)
	}
}
