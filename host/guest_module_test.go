package host

import (
	"encoding/binary"
	"maps"
	"slices"

	"tidelock/abi"
)

// guestModule is a guest written by hand. Its zero value is well-behaved: it accepts everything, does nothing and
// returns nothing. Tests replace the code of exports to make it misbehave.
//
//	0      zeros
//	16     descriptor of the exchange
//	1024   inbox
//	16384  outbox, which starts with the integer 1
//	65536  the second of two pages, for the tests
type guestModule struct {
	code       map[string][]byte // by export; others do nothing
	omit       string            // an export that is left out
	retype     string            // an export whose parameters are left out
	imports    [][2]string       // module and name, of type () -> ()
	callType   string            // type of the import call, if not the ABI's
	descriptor []uint32          // if not the one drawn above
	outbox     []byte            // at its start, if not the integer 1
	noMemory   bool
}

const (
	guestDescriptor = 16
	guestInbox      = 1024
	guestOutbox     = 16384
	guestSpare      = 65536
)

// Types of functions: parameters, then results.
const (
	typeCall      = "\x60\x03\x7f\x7f\x7f\x01\x7e" // (i32, i32, i32) -> i64
	typeNothing   = "\x60\x00\x00"
	typeVersion   = "\x60\x00\x01\x7f"
	typeAllocate  = "\x60\x01\x7f\x01\x7f"
	typeLoad      = "\x60\x01\x7f\x01\x7e"
	typeInterrupt = "\x60\x01\x7f\x00"
	typeLocate    = "\x60\x00\x01\x7e"
)

var guestFunctions = map[string]struct {
	signature string
	code      []byte // what the well-behaved guest does
}{
	abi.ExportVersion:    {typeVersion, constant32(abi.VersionMajor<<16 | abi.VersionMinor)},
	abi.ExportInitialise: {typeNothing, nil},
	abi.ExportAllocate:   {typeAllocate, constant32(guestDescriptor)},
	abi.ExportLoad:       {typeLoad, returns(abi.Done, 9)},
	abi.ExportStart:      {typeCall, returns(abi.Done, 0)},
	abi.ExportResume:     {typeCall, returns(abi.Done, 0)},
	abi.ExportCancel:     {typeLoad, returns(abi.Done, 0)},
	abi.ExportInterrupt:  {typeInterrupt, nil},
	abi.ExportLocate:     {typeLocate, returns(abi.Done, 0)},
	abi.ExportCollect:    {typeVersion, constant32(0)},
}

// Instructions.
var (
	trap        = []byte{0x00}
	loopForever = []byte{0x03, 0x40, 0x0c, 0x00, 0x0b, 0x00} // loop br 0 end unreachable
	recurse     = []byte{0x20, 0x00, 0x20, 0x01, 0x20, 0x02} // the parameters of start; then a call of it
)

func code(parts ...[]byte) []byte { return slices.Concat(parts...) }

func constant32(value uint32) []byte { return signedLEB([]byte{0x41}, int64(int32(value))) }
func constant64(value uint64) []byte { return signedLEB([]byte{0x42}, int64(value)) }

// returns makes the result of a guest call.
func returns(outcome abi.Outcome, length int) []byte {
	return constant64(abi.Pack(uint8(outcome), length))
}

// callHost calls the import, leaving its result on the stack.
func callHost(operation abi.Operation, address, length uint32) []byte {
	return code(constant32(uint32(operation)), constant32(address), constant32(length), []byte{0x10, 0x00})
}

// storing writes the i64 that value leaves on the stack.
func storing(address uint32, value []byte) []byte {
	return code(constant32(address), value, []byte{0x37, 0x00, 0x00})
}

// onlyFor runs code for one registration, and returns nothing for the others.
func onlyFor(registration uint32, bad []byte) []byte {
	return code([]byte{0x20, 0x01}, constant32(registration), []byte{0x47, 0x04, 0x40}, returns(abi.Done, 0), []byte{0x0f, 0x0b}, bad)
}

func unsignedLEB(b []byte, value uint64) []byte { return binary.AppendUvarint(b, value) }

func signedLEB(b []byte, value int64) []byte {
	for value < -64 || value > 63 {
		b = append(b, byte(value)|0x80)
		value >>= 7
	}
	return append(b, byte(value)&0x7f)
}

func sized(content []byte) []byte { return append(unsignedLEB(nil, uint64(len(content))), content...) }

// section has the number of its entries in front of them.
func section(id byte, entries ...[]byte) []byte {
	return code([]byte{id}, sized(code(unsignedLEB(nil, uint64(len(entries))), code(entries...))))
}

// functionIndex is the index of an export's function: behind the imports, in the order of names.
func (g guestModule) functionIndex(export string) byte {
	return byte(1 + len(g.imports) + slices.Index(slices.Sorted(maps.Keys(guestFunctions)), export))
}

func (g guestModule) bytes() []byte {
	callType := typeCall
	if g.callType != "" {
		callType = g.callType
	}
	types := [][]byte{[]byte(callType), []byte(typeNothing)}
	imports := [][]byte{code(sized([]byte(abi.ImportModule)), sized([]byte(abi.ImportCall)), []byte{0, 0})}
	for _, i := range g.imports {
		imports = append(imports, code(sized([]byte(i[0])), sized([]byte(i[1])), []byte{0, 1}))
	}
	var functions, exports, bodies [][]byte
	for _, name := range slices.Sorted(maps.Keys(guestFunctions)) {
		f := guestFunctions[name]
		body, replaced := g.code[name]
		if !replaced {
			body = f.code
		}
		if g.retype == name {
			f.signature, body = typeNothing, nil
		}
		functions = append(functions, []byte{byte(len(types))})
		types = append(types, []byte(f.signature))
		bodies = append(bodies, sized(code([]byte{1, 1, 0x7f}, body, []byte{0x0b}))) // one local, an i32
		if g.omit != name {
			exports = append(exports, code(sized([]byte(name)), []byte{0, g.functionIndex(name)}))
		}
	}
	module := code([]byte("\x00asm\x01\x00\x00\x00"), section(1, types...), section(2, imports...), section(3, functions...))
	if g.noMemory {
		return code(module, section(7, exports...), section(10, bodies...))
	}
	exports = append(exports, code(sized([]byte("memory")), []byte{2, 0}))
	return code(module, section(5, []byte{0, 2}), section(7, exports...), section(10, bodies...),
		section(11, g.data(guestDescriptor, g.descriptorBytes()), g.data(guestOutbox, g.outboxBytes())))
}

func (g guestModule) data(address uint32, content []byte) []byte {
	return code([]byte{0}, constant32(address), []byte{0x0b}, sized(content))
}

func (g guestModule) descriptorBytes() []byte {
	words := []uint32{guestInbox, abi.InboxSize, guestOutbox, abi.InboxSize}
	if g.descriptor != nil {
		words = g.descriptor
	}
	var b []byte
	for _, word := range words {
		b = binary.LittleEndian.AppendUint32(b, word)
	}
	return b
}

func (g guestModule) outboxBytes() []byte {
	if g.outbox != nil {
		return g.outbox
	}
	return []byte{byte(abi.Integer), 1, 0, 0, 0, 0, 0, 0, 0}
}
