// Package protobuf finds one field in a Protocol Buffers message without knowing its schema
// (https://protobuf.dev/programming-guides/encoding). It is a leaf and allocates nothing but when a path is parsed.
package protobuf

import (
	"encoding/binary"
	"math"
	"strconv"
	"strings"
)

// Path leads from field to field of nested messages by their numbers.
type Path []uint64

// ParsePath reads numbers with dots between them, and reports whether they are such. An empty one is 0, which no field has.
func ParsePath(text string) (Path, bool) {
	var p Path
	parts := strings.Split(text, ".")
	for i, part := range parts {
		if part == "" && i < len(parts)-1 {
			p = append(p, 0)
			continue
		}
		n, err := strconv.ParseUint(part, 10, 63)
		if err != nil {
			return nil, false
		}
		p = append(p, n)
	}
	return p, true
}

// The wire types. Groups, which nobody writes any more, end the search.
const (
	varint    = 0
	fixed64   = 1
	delimited = 2
	fixed32   = 5
)

// Field is a field of a message: its raw bytes, without its length if it has one.
type Field struct {
	wire uint64
	Data []byte
}

// Find returns the first field that p leads to. What is malformed ends the search.
func (p Path) Find(message []byte) (Field, bool) {
	for i, number := range p {
		f, ok := find(message, number)
		if !ok || i == len(p)-1 {
			return f, ok
		}
		if f.wire != delimited {
			break
		}
		message = f.Data
	}
	return Field{}, false
}

func find(message []byte, number uint64) (Field, bool) {
	for len(message) > 0 {
		key, n := binary.Uvarint(message)
		if n <= 0 {
			break
		}
		message = message[n:]
		f := Field{wire: key & 7}
		size := 0
		switch f.wire {
		case varint:
			_, size = binary.Uvarint(message)
			if size <= 0 {
				return Field{}, false
			}
		case fixed64:
			size = 8
		case fixed32:
			size = 4
		case delimited:
			length, n := binary.Uvarint(message)
			if n <= 0 || length > uint64(len(message)-n) {
				return Field{}, false
			}
			message, size = message[n:], int(length)
		default:
			return Field{}, false
		}
		if size > len(message) {
			break
		}
		if key>>3 == number {
			f.Data = message[:size]
			return f, true
		}
		message = message[size:]
	}
	return Field{}, false
}

// Type is a type of numbers, by its name in schemas.
type Type struct {
	wire   uint64
	number func(b []byte) int64
}

var types = map[string]Type{
	"int32": {varint, plain}, "int64": {varint, plain}, "uint32": {varint, plain}, "uint64": {varint, plain},
	"bool": {varint, plain}, "enum": {varint, plain}, "sint32": {varint, zigzag}, "sint64": {varint, zigzag},
	"fixed64":  {fixed64, func(b []byte) int64 { return int64(binary.LittleEndian.Uint64(b)) }},
	"sfixed64": {fixed64, func(b []byte) int64 { return int64(binary.LittleEndian.Uint64(b)) }},
	"double":   {fixed64, func(b []byte) int64 { return truncate(math.Float64frombits(binary.LittleEndian.Uint64(b))) }},
	"fixed32":  {fixed32, func(b []byte) int64 { return int64(binary.LittleEndian.Uint32(b)) }},
	"sfixed32": {fixed32, func(b []byte) int64 { return int64(int32(binary.LittleEndian.Uint32(b))) }},
	"float":    {fixed32, func(b []byte) int64 { return truncate(float64(math.Float32frombits(binary.LittleEndian.Uint32(b)))) }},
}

// TypeNamed returns the type of numbers called name.
func TypeNamed(name string) (Type, bool) {
	t, ok := types[name]
	return t, ok
}

// Number returns f as a number of type t, if it can be one.
func (f Field) Number(t Type) (int64, bool) {
	if f.wire != t.wire {
		return 0, false
	}
	return t.number(f.Data), true
}

func plain(b []byte) int64 {
	n, _ := binary.Uvarint(b)
	return int64(n)
}

func zigzag(b []byte) int64 {
	n, _ := binary.Uvarint(b)
	return int64(n>>1) ^ -int64(n&1)
}

// truncate drops the fraction. It saturates, and takes what is no number for 0.
func truncate(f float64) int64 {
	switch {
	case f != f:
		return 0
	case f >= math.MaxInt64:
		return math.MaxInt64
	case f <= math.MinInt64:
		return math.MinInt64
	}
	return int64(f)
}
