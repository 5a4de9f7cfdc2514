// Package xxh computes the members of the xxHash family that no package we use has: the 32 bit one and XXH3 with 64 bits
// (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md). It is a leaf.
package xxh

import (
	"encoding/binary"
	"math/bits"
)

const (
	prime32x1 = 0x9e3779b1
	prime32x2 = 0x85ebca77
	prime32x3 = 0xc2b2ae3d
	prime32x4 = 0x27d4eb2f
	prime32x5 = 0x165667b1
)

// Sum32 returns the XXH32 hash of b.
func Sum32(b []byte, seed uint32) uint32 {
	h := seed + prime32x5
	n := len(b)
	if n >= 16 {
		// Through a variable: the sums of these constants overflow on purpose.
		x1, x2 := uint32(prime32x1), uint32(prime32x2)
		lanes := [4]uint32{seed + x1 + x2, seed + x2, seed, seed - x1}
		for ; len(b) >= 16; b = b[16:] {
			for i := range lanes {
				lane := lanes[i] + binary.LittleEndian.Uint32(b[4*i:])*prime32x2
				lanes[i] = bits.RotateLeft32(lane, 13) * prime32x1
			}
		}
		h = bits.RotateLeft32(lanes[0], 1) + bits.RotateLeft32(lanes[1], 7) +
			bits.RotateLeft32(lanes[2], 12) + bits.RotateLeft32(lanes[3], 18)
	}
	h += uint32(n)
	for ; len(b) >= 4; b = b[4:] {
		h = bits.RotateLeft32(h+binary.LittleEndian.Uint32(b)*prime32x3, 17) * prime32x4
	}
	for _, x := range b {
		h = bits.RotateLeft32(h+uint32(x)*prime32x5, 11) * prime32x1
	}
	h = (h ^ h>>15) * prime32x2
	h = (h ^ h>>13) * prime32x3
	return h ^ h>>16
}
