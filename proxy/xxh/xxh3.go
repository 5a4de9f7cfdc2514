package xxh

import (
	"encoding/binary"
	"math/bits"
)

const (
	prime64x1 = 0x9e3779b185ebca87
	prime64x2 = 0xc2b2ae3d27d4eb4f
	prime64x3 = 0x165667b19e3779f9
	prime64x4 = 0x85ebca77c2b2ae63
	prime64x5 = 0x27d4eb2f165667c5
	primeMix1 = 0x165667919e3779f9
	primeMix2 = 0x9fb21c651e98df25
)

// secret is the default secret of the specification.
var secret = [192]byte{
	0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c, 0xf7, 0x21, 0xad, 0x1c,
	0xde, 0xd4, 0x6d, 0xe9, 0x83, 0x90, 0x97, 0xdb, 0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f,
	0xcb, 0x79, 0xe6, 0x4e, 0xcc, 0xc0, 0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21,
	0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43, 0x24, 0x8e, 0xe0, 0x35, 0x90, 0xe6, 0x81, 0x3a, 0x26, 0x4c,
	0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb, 0x88, 0xd0, 0x65, 0x8b, 0x1b, 0x53, 0x2e, 0xa3,
	0x71, 0x64, 0x48, 0x97, 0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19, 0xef, 0x46, 0xa9, 0xde, 0xac, 0xd8,
	0xa8, 0xfa, 0x76, 0x3f, 0xe3, 0x9c, 0x34, 0x3f, 0xf9, 0xdc, 0xbb, 0xc7, 0xc7, 0x0b, 0x4f, 0x1d,
	0x8a, 0x51, 0xe0, 0x4b, 0xcd, 0xb4, 0x59, 0x31, 0xc8, 0x9f, 0x7e, 0xc9, 0xd9, 0x78, 0x73, 0x64,
	0xea, 0xc5, 0xac, 0x83, 0x34, 0xd3, 0xeb, 0xc3, 0xc5, 0x81, 0xa0, 0xff, 0xfa, 0x13, 0x63, 0xeb,
	0x17, 0x0d, 0xdd, 0x51, 0xb7, 0xf0, 0xda, 0x49, 0xd3, 0x16, 0x55, 0x26, 0x29, 0xd4, 0x68, 0x9e,
	0x2b, 0x16, 0xbe, 0x58, 0x7d, 0x47, 0xa1, 0xfc, 0x8f, 0xf8, 0xb8, 0xd1, 0x7a, 0xd0, 0x31, 0xce,
	0x45, 0xcb, 0x3a, 0x8f, 0x95, 0x16, 0x04, 0x28, 0xaf, 0xd7, 0xfb, 0xca, 0xbb, 0x4b, 0x40, 0x7e,
}

// Sum3 returns the 64 bit XXH3 hash of b.
func Sum3(b []byte, seed uint64) uint64 {
	switch n := len(b); {
	case n == 0:
		return avalanche64(seed ^ secret64(56) ^ secret64(64))
	case n <= 3:
		return upTo3(b, seed)
	case n <= 8:
		return upTo8(b, seed)
	case n <= 16:
		return upTo16(b, seed)
	case n <= 128:
		return upTo128(b, seed)
	case n <= 240:
		return upTo240(b, seed)
	default:
		return long(b, seed)
	}
}

func secret64(at int) uint64 { return binary.LittleEndian.Uint64(secret[at:]) }

func secret32(at int) uint32 { return binary.LittleEndian.Uint32(secret[at:]) }

// avalanche64 is the final mix of XXH64.
func avalanche64(h uint64) uint64 {
	h = (h ^ h>>33) * prime64x2
	h = (h ^ h>>29) * prime64x3
	return h ^ h>>32
}

// avalanche is the final mix of XXH3.
func avalanche(h uint64) uint64 {
	h = (h ^ h>>37) * primeMix1
	return h ^ h>>32
}

// fold multiplies two numbers and folds the product's halves together.
func fold(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	return high ^ low
}

func upTo3(b []byte, seed uint64) uint64 {
	n := len(b)
	combined := uint32(b[n-1]) | uint32(n)<<8 | uint32(b[0])<<16 | uint32(b[n>>1])<<24
	return avalanche64((uint64(secret32(0)^secret32(4)) + seed) ^ uint64(combined))
}

func upTo8(b []byte, seed uint64) uint64 {
	n := len(b)
	seed ^= uint64(bits.ReverseBytes32(uint32(seed))) << 32
	first, last := binary.LittleEndian.Uint32(b), binary.LittleEndian.Uint32(b[n-4:])
	h := (secret64(8) ^ secret64(16) - seed) ^ (uint64(last) + uint64(first)<<32)
	h ^= bits.RotateLeft64(h, 49) ^ bits.RotateLeft64(h, 24)
	h *= primeMix2
	h ^= h>>35 + uint64(n)
	h *= primeMix2
	return h ^ h>>28
}

func upTo16(b []byte, seed uint64) uint64 {
	n := len(b)
	low := (secret64(24) ^ secret64(32) + seed) ^ binary.LittleEndian.Uint64(b)
	high := (secret64(40) ^ secret64(48) - seed) ^ binary.LittleEndian.Uint64(b[n-8:])
	return avalanche(uint64(n) + bits.ReverseBytes64(low) + high + fold(low, high))
}

// mix16 mixes 16 bytes with those of the secret that begin at an offset.
func mix16(b []byte, at int, seed uint64) uint64 {
	return fold(
		binary.LittleEndian.Uint64(b)^(secret64(at)+seed),
		binary.LittleEndian.Uint64(b[8:])^(secret64(at+8)-seed))
}

func upTo128(b []byte, seed uint64) uint64 {
	n := len(b)
	h := uint64(n) * prime64x1
	for i := (n - 1) / 32; i >= 0; i-- {
		h += mix16(b[16*i:], 32*i, seed) + mix16(b[n-16*(i+1):], 32*i+16, seed)
	}
	return avalanche(h)
}

func upTo240(b []byte, seed uint64) uint64 {
	n := len(b)
	h := uint64(n) * prime64x1
	for i := range 8 {
		h += mix16(b[16*i:], 16*i, seed)
	}
	h = avalanche(h)
	for i := 8; i < n/16; i++ {
		h += mix16(b[16*i:], 16*(i-8)+3, seed)
	}
	return avalanche(h + mix16(b[n-16:], 136-17, seed))
}

// The long form works on stripes of 64 bytes. A block is as many stripes as the secret, moved on by 8 bytes each, serves.
const (
	stripe          = 64
	stripesPerBlock = (len(secret) - stripe) / 8
	block           = stripe * stripesPerBlock
)

func long(b []byte, seed uint64) uint64 {
	key := secret
	if seed != 0 {
		for i := 0; i < len(key); i += 16 {
			binary.LittleEndian.PutUint64(key[i:], secret64(i)+seed)
			binary.LittleEndian.PutUint64(key[i+8:], secret64(i+8)-seed)
		}
	}
	n := len(b)
	last := b[n-stripe:]
	lanes := [8]uint64{
		prime32x3, prime64x1, prime64x2, prime64x3, prime64x4, prime32x2, prime64x5, prime32x1,
	}
	for ; len(b) > block; b = b[block:] {
		for i := range stripesPerBlock {
			accumulate(&lanes, b[stripe*i:], key[8*i:])
		}
		scramble(&lanes, key[len(key)-stripe:])
	}
	for i := range (len(b) - 1) / stripe {
		accumulate(&lanes, b[stripe*i:], key[8*i:])
	}
	accumulate(&lanes, last, key[len(key)-stripe-7:])

	h := uint64(n) * prime64x1
	for i := 0; i < len(lanes); i += 2 {
		k := key[11+8*i:]
		h += fold(lanes[i]^binary.LittleEndian.Uint64(k), lanes[i+1]^binary.LittleEndian.Uint64(k[8:]))
	}
	return avalanche(h)
}

func accumulate(lanes *[8]uint64, b, key []byte) {
	for i := range lanes {
		x := binary.LittleEndian.Uint64(b[8*i:])
		mixed := x ^ binary.LittleEndian.Uint64(key[8*i:])
		lanes[i^1] += x
		lanes[i] += uint64(uint32(mixed)) * (mixed >> 32)
	}
}

func scramble(lanes *[8]uint64, key []byte) {
	for i := range lanes {
		lane := lanes[i]
		lanes[i] = (lane ^ lane>>47 ^ binary.LittleEndian.Uint64(key[8*i:])) * prime32x1
	}
}
