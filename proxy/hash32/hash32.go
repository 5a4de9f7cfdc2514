// Package hash32 holds the hash functions that HAProxy's configurations name (manual, section 4.2, "hash-type"). Servers are
// chosen with them, and converters yield them: the same bytes must give the same number everywhere. It is a leaf.
//
// HAProxy's wt6 is missing: it is specified nowhere but in HAProxy's source, from which this project does not work.
package hash32

import "hash/crc32"

// Function condenses bytes to 32 bits.
type Function func([]byte) uint32

// Named are the functions by the names that the configuration gives them.
var Named = map[string]Function{"crc32": crc32.ChecksumIEEE, "djb2": DJB2, "sdbm": SDBM}

// DJB2 is Daniel J. Bernstein's hash from comp.lang.c.
func DJB2(b []byte) uint32 {
	h := uint32(5381)
	for _, x := range b {
		h = h*33 + uint32(x)
	}
	return h
}

// SDBM is the hash of Ozan Yigit's database library of that name.
func SDBM(b []byte) uint32 {
	h := uint32(0)
	for _, x := range b {
		h = uint32(x) + h*65599
	}
	return h
}

// Avalanche is Bob Jenkins' reversible integer hash in six shifts, in which every bit of the input touches every bit of
// the output (http://burtleburtle.net/bob/hash/integer.html). HAProxy's results show one more step: the two lowest bits
// also turn the two highest.
func Avalanche(h uint32) uint32 {
	h = (h + 0x7ed55d16) + h<<12
	h = (h ^ 0xc761c23c) ^ h>>19
	h = (h + 0x165667b1) + h<<5
	h = (h + 0xd3a2646c) ^ h<<9
	h = (h + 0xfd7046c5) + h<<3
	h = (h ^ 0xb55a4f09) ^ h>>16
	return h + 3*h<<30
}
