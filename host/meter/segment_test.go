package meter

import (
	"testing"

	"github.com/tetratelabs/wazero/api"
)

// TestElementSegments fills tables by every form of segment and asks what they hold.
func TestElementSegments(t *testing.T) {
	const tableGet, tableSize, typedSelect = 0x25, 16, 0x1c
	b := newBuilder()
	throw := b.throw()
	number := b.typeOf("", i32)
	for i := range int32(4) {
		b.function("", i32, "", constI32Code(10+i))
	}
	b.function("", i32, "", opCall, throw, opUnreachable)
	b.tables.byte(typeFunction, 0, 8, typeFunction, 0, 3, typeExternal, 0, 2)
	b.counts[sectionTable] = 3
	at := func(offset int) []byte { return code(opI32Const, offset, opEnd) }
	for _, segment := range [][]byte{
		code(0, at(0), 2, 1, 2),                // functions at 0
		code(1, 0, 1, 4),                       // passive
		code(2, 1, at(1), 0, 1, 3),             // table 1
		code(3, 0, 1, 5),                       // declared
		code(4, at(4), 1, opRefFunc, 4, opEnd), // expressions
		code(5, typeFunction, 1, opRefNull, typeFunction, opEnd),
		code(6, 0, at(5), typeFunction, 2, opRefNull, typeFunction, opEnd, opRefFunc, 1, opEnd),
		code(6, 2, at(0), typeExternal, 1, opRefNull, typeExternal, opEnd),
		code(7, typeExternal, 1, opRefNull, typeExternal, opEnd),
	} {
		b.elements.append(segment)
		b.counts[sectionElement]++
	}
	b.exported("call", i32, i32, "", opLocalGet, 0, opCallIndirect, number, 0)
	b.exported("call of table 1", i32, i32, "", opLocalGet, 0, opCallIndirect, number, 1)
	b.exported("null", i32, i32, "", opLocalGet, 0, tableGet, 0, refIsNull)
	b.exported("size", "", i32, "", opPrefixMisc, tableSize, 0)
	b.exported("select", i32, i32, "", opRefNull, typeFunction, opRefFunc, 5, opLocalGet, 0, typedSelect, 1, typeFunction, refIsNull)
	tests := []struct {
		export   string
		argument uint64
		want     uint64
		traps    bool
	}{
		{export: "call", argument: 0, want: 10},
		{export: "call", argument: 1, want: 11},
		{export: "call", argument: 2, traps: true},
		{export: "call", argument: 4, want: 13},
		{export: "call", argument: 6, want: 10},
		{export: "call of table 1", argument: 0, traps: true},
		{export: "call of table 1", argument: 1, want: 12},
		{export: "null", argument: 0, want: 0},
		{export: "null", argument: 5, want: 1},
		{export: "null", argument: 8, traps: true},
		{export: "size", want: 8},
		{export: "select", argument: 0, want: 0},
		{export: "select", argument: 1, want: 1},
	}
	onEngines(t, b.bytes(), func(t *testing.T, s *sandbox, instance api.Module) {
		for _, test := range tests {
			var arguments []uint64
			if test.export != "size" {
				arguments = []uint64{test.argument}
			}
			results, err := call(instance, test.export, arguments...)
			switch {
			case test.traps != (err != nil):
				t.Errorf("%s(%d): %v", test.export, test.argument, err)
			case err == nil && results[0] != test.want:
				t.Errorf("%s(%d) = %d, want %d", test.export, test.argument, results[0], test.want)
			}
		}
	})
}

// TestOnlyTableEntriesThrow checks that a function outside of all tables does not
// make calls through tables carry tests.
func TestOnlyTableEntriesThrow(t *testing.T) {
	tests := []struct {
		name    string
		entries []uint32
		want    int
	}{
		{"thrower in the table", []uint32{1, 2}, 2},
		{"thrower outside", []uint32{2}, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBuilder()
			throw := b.throw()
			b.function("", "", "", opCall, throw)
			b.function("", "", "")
			b.function("", "", "", constI32Code(0), opCallIndirect, b.typeOf("", ""), 0)
			b.table(test.entries...)
			if got := rewrite(t, b.bytes()).MayThrow; got != test.want {
				t.Errorf("%d functions may throw, want %d", got, test.want)
			}
		})
	}
}
