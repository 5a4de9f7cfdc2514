package abi

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// Type is the first byte of an encoded value.
//
//	nil      00
//	false    01
//	true     02
//	integer  03  i64
//	float    04  f64
//	string   05  u32 length  bytes
//	table    06  u32 length  key value key value ...     (length: bytes of keys and values)
//	handle   07  u32
//
// Several values stand one behind the other; their number follows from the length of the whole.
type Type uint8

const (
	Nil Type = iota
	False
	True
	Integer
	Float
	String
	Table
	Handle
)

var typeNames = [...]string{"nil", "boolean", "boolean", "number", "number", "string", "table", "userdata"}

// String names the Lua type that t encodes.
func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return fmt.Sprintf("type %#02x", uint8(t))
}

// ErrMalformed is wrapped by every error of a [Reader].
var ErrMalformed = errors.New("malformed value")

// Value is one decoded value. Bytes aliases the buffer that it was read from.
type Value struct {
	Type  Type
	Int   int64   // Integer; Handle
	Float float64 // Float
	Bytes []byte  // String: its bytes; Table: its encoded keys and values
}

// Entries returns a reader over a table's keys and values.
func (v Value) Entries() Reader { return Reader{data: v.Bytes} }

// Truth is Lua's: everything but nil and false.
func (v Value) Truth() bool { return v.Type != Nil && v.Type != False }

// Reader decodes values. Nothing that the bytes hold makes it panic or allocate. The zero Reader is empty.
type Reader struct {
	data []byte
	off  int
	err  error
}

// NewReader returns a reader of the values in data, which it aliases.
func NewReader(data []byte) Reader { return Reader{data: data} }

// More reports whether another value stands ahead.
func (r *Reader) More() bool { return r.err == nil && r.off < len(r.data) }

// Rest returns the encoding of the values that stand ahead.
func (r *Reader) Rest() []byte { return r.data[r.off:] }

// Err returns the first malformation met. Running out of values is none: Next then returns nil values, as Lua does
// for missing arguments.
func (r *Reader) Err() error { return r.err }

func (r *Reader) fail(reason string) Value {
	r.err = malformed(reason, r.off)
	return Value{}
}

func malformed(reason string, at int) error {
	return fmt.Errorf("%w: %s at offset %d", ErrMalformed, reason, at)
}

// Next returns the next value. A table's contents are checked when they are read, not here.
func (r *Reader) Next() Value {
	if !r.More() {
		return Value{}
	}
	rest := r.data[r.off+1:]
	t := Type(r.data[r.off])
	switch t {
	case Nil, False, True:
		r.off++
		return Value{Type: t}
	case Integer, Float:
		if len(rest) < 8 {
			return r.fail("truncated number")
		}
		r.off += 9
		bits := binary.LittleEndian.Uint64(rest)
		if t == Integer {
			return Value{Type: t, Int: int64(bits)}
		}
		return Value{Type: t, Float: math.Float64frombits(bits)}
	case String, Table:
		if len(rest) < 4 {
			return r.fail("truncated length")
		}
		n := binary.LittleEndian.Uint32(rest)
		if uint64(n) > uint64(len(rest)-4) {
			return r.fail("length beyond the end")
		}
		r.off += 5 + int(n)
		return Value{Type: t, Bytes: rest[4 : 4+n : 4+n]}
	case Handle:
		if len(rest) < 4 {
			return r.fail("truncated handle")
		}
		r.off += 5
		return Value{Type: t, Int: int64(binary.LittleEndian.Uint32(rest))}
	}
	return r.fail(t.String())
}

// Text takes the next value if it is a string. Like Integer and Reference it is for those who know what they expect, and
// leaves anything else for Next.
func (r *Reader) Text() (text []byte, ok bool) {
	if rest := r.ahead(); len(rest) >= 5 && Type(rest[0]) == String {
		if n := binary.LittleEndian.Uint32(rest[1:]); uint64(n) <= uint64(len(rest)-5) {
			r.off += 5 + int(n)
			return rest[5 : 5+n : 5+n], true
		}
	}
	return nil, false
}

// Integer takes the next value if it is an integer.
func (r *Reader) Integer() (i int64, ok bool) {
	if rest := r.ahead(); len(rest) >= 9 && Type(rest[0]) == Integer {
		r.off += 9
		return int64(binary.LittleEndian.Uint64(rest[1:])), true
	}
	return 0, false
}

// Reference takes the next value if it is a handle.
func (r *Reader) Reference() (handle uint32, ok bool) {
	if rest := r.ahead(); len(rest) >= 5 && Type(rest[0]) == Handle {
		r.off += 5
		return binary.LittleEndian.Uint32(rest[1:]), true
	}
	return 0, false
}

// ahead returns what is still to be read, nothing after a malformation.
func (r *Reader) ahead() []byte {
	if r.err != nil {
		return nil
	}
	return r.data[r.off:]
}

// Skip passes over n values.
func (r *Reader) Skip(n int) {
	for ; n > 0; n-- {
		r.Next()
	}
}

// Check walks over everything that r still holds, tables included, without moving r, and returns the first
// malformation: an unknown type, a bad length, a table key without a value, or tables nested deeper than MaxDepth.
func (r Reader) Check() error {
	_, err := r.check(MaxDepth)
	return err
}

// check returns the number of values. It stands on the path of every call, and so passes over whatever is no table itself.
func (r Reader) check(depth int) (count int, err error) {
	data, off := r.data, r.off
	for ; off < len(data); count++ {
		switch t := Type(data[off]); {
		case t <= True:
			off++
			continue
		case t <= Float && len(data)-off >= 9:
			off += 9
			continue
		case t == Handle && len(data)-off >= 5:
			off += 5
			continue
		case t == String && len(data)-off >= 5:
			if n := binary.LittleEndian.Uint32(data[off+1:]); uint64(n) <= uint64(len(data)-off-5) {
				off += 5 + int(n)
				continue
			}
		}
		at := off
		r.off = off
		v := r.Next()
		if off = r.off; r.err != nil {
			return 0, r.err
		}
		if depth == 0 {
			return 0, malformed("tables nested too deeply", at)
		}
		entries := v.Entries()
		switch n, err := entries.check(depth - 1); {
		case err != nil:
			return 0, err
		case n%2 != 0:
			return 0, malformed("table key without a value", at)
		}
	}
	return count, r.err
}

// Writer encodes values. Starting from a buffer's spare capacity it allocates only when that is exceeded.
type Writer struct{ buf []byte }

// NewWriter returns a writer that appends to buf.
func NewWriter(buf []byte) Writer { return Writer{buf: buf} }

// Bytes returns what was written so far, with what buf held.
func (w *Writer) Bytes() []byte { return w.buf }

// Len returns the number of bytes written.
func (w *Writer) Len() int { return len(w.buf) }

// Truncate forgets all but the first n bytes.
func (w *Writer) Truncate(n int) { w.buf = w.buf[:n] }

// Raw appends values that are encoded already.
func (w *Writer) Raw(encoded []byte) { w.buf = append(w.buf, encoded...) }

// Nil writes nil.
func (w *Writer) Nil() { w.buf = append(w.buf, byte(Nil)) }

// Bool writes a boolean.
func (w *Writer) Bool(b bool) {
	if b {
		w.buf = append(w.buf, byte(True))
	} else {
		w.buf = append(w.buf, byte(False))
	}
}

// Int writes an integer.
func (w *Writer) Int(i int64) {
	w.buf = binary.LittleEndian.AppendUint64(append(w.buf, byte(Integer)), uint64(i))
}

// Float writes a float.
func (w *Writer) Float(f float64) {
	w.buf = binary.LittleEndian.AppendUint64(append(w.buf, byte(Float)), math.Float64bits(f))
}

// String writes a string.
func (w *Writer) String(s string) {
	w.buf = append(binary.LittleEndian.AppendUint32(append(w.buf, byte(String)), uint32(len(s))), s...)
}

// StringBytes writes a string.
func (w *Writer) StringBytes(s []byte) {
	w.buf = append(binary.LittleEndian.AppendUint32(append(w.buf, byte(String)), uint32(len(s))), s...)
}

// Handle writes a handle.
func (w *Writer) Handle(h uint32) {
	w.buf = binary.LittleEndian.AppendUint32(append(w.buf, byte(Handle)), h)
}

// Value writes v as it was read.
func (w *Writer) Value(v Value) {
	switch v.Type {
	case Integer:
		w.Int(v.Int)
	case Float:
		w.Float(v.Float)
	case String:
		w.StringBytes(v.Bytes)
	case Table:
		mark := w.BeginTable()
		w.Raw(v.Bytes)
		w.EndTable(mark)
	case Handle:
		w.Handle(uint32(v.Int))
	default:
		w.buf = append(w.buf, byte(v.Type))
	}
}

// BeginTable opens a table: write key, value, key, value ... and then EndTable with the mark returned.
func (w *Writer) BeginTable() (mark int) {
	w.buf = append(w.buf, byte(Table), 0, 0, 0, 0)
	return len(w.buf)
}

// EndTable closes the table that BeginTable opened.
func (w *Writer) EndTable(mark int) {
	binary.LittleEndian.PutUint32(w.buf[mark-4:], uint32(len(w.buf)-mark))
}
