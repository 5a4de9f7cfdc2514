package meter

// Opcodes that the pass reads or writes by name.
const (
	opUnreachable  = 0x00
	opBlock        = 0x02
	opLoop         = 0x03
	opIf           = 0x04
	opElse         = 0x05
	opEnd          = 0x0b
	opBranch       = 0x0c
	opBranchIf     = 0x0d
	opReturn       = 0x0f
	opCall         = 0x10
	opCallIndirect = 0x11
	opLocalGet     = 0x20
	opLocalSet     = 0x21
	opLocalTee     = 0x22
	opGlobalGet    = 0x23
	opGlobalSet    = 0x24
	opI32Const     = 0x41
	opI64Const     = 0x42
	opF32Const     = 0x43
	opF64Const     = 0x44
	opI32Eqz       = 0x45
	opI64LtS       = 0x53
	opI64Sub       = 0x7d
	opI64ShrU      = 0x88
	opI32WrapI64   = 0xa7
	opI64ExtendI32 = 0xad
	opRefNull      = 0xd0
	opRefFunc      = 0xd2
	opPrefixGC     = 0xfb
	opPrefixMisc   = 0xfc
	opPrefixSIMD   = 0xfd
	opPrefixAtomic = 0xfe
)

// Opcodes behind opPrefixMisc.
const (
	miscMemoryInit = 8
	miscDataDrop   = 9
	miscMemoryCopy = 10
	miscMemoryFill = 11
)

const blockEmpty = 0x40

// Value types.
const (
	typeI32       = 0x7f
	typeI64       = 0x7e
	typeF32       = 0x7d
	typeF64       = 0x7c
	typeV128      = 0x7b
	typeFunction  = 0x70
	typeExternal  = 0x6f
	typeSignature = 0x60 // the form of a function type, no value type
)

// immediate says what follows an opcode.
type immediate uint8

const (
	unknown immediate = iota // no instruction of the accepted features
	refused                  // an instruction that is known and not accepted
	nothing
	blockType
	label
	labelTable
	function
	callIndirect
	valueTypes
	local
	globalIndex
	tableIndex
	memoryArgument
	memoryIndex
	constI32
	constI64
	constF32
	constF64
	referenceType
	memoryInit
	dataIndex
	twoMemoryIndices
)

type instruction struct {
	name string // set where a message may need it
	immediate
}

// instructions is indexed by opcode.
var instructions = func() (t [256]instruction) {
	fill := func(first, last int, kind immediate) {
		for opcode := first; opcode <= last; opcode++ {
			t[opcode].immediate = kind
		}
	}
	fill(opUnreachable, 0x01, nothing) // unreachable, nop
	fill(opBlock, opIf, blockType)
	fill(opElse, opElse, nothing)
	fill(opEnd, opEnd, nothing)
	fill(opBranch, opBranchIf, label)
	fill(0x0e, 0x0e, labelTable)
	fill(opReturn, opReturn, nothing)
	fill(opCall, opCall, function)
	fill(opCallIndirect, opCallIndirect, callIndirect)
	fill(0x1a, 0x1b, nothing) // drop, select
	fill(0x1c, 0x1c, valueTypes)
	fill(opLocalGet, opLocalTee, local)
	fill(opGlobalGet, opGlobalSet, globalIndex)
	fill(0x25, 0x25, tableIndex)     // table.get
	fill(0x28, 0x3e, memoryArgument) // loads and stores
	fill(0x3f, 0x40, memoryIndex)    // memory.size, memory.grow
	fill(opI32Const, opI32Const, constI32)
	fill(opI64Const, opI64Const, constI64)
	fill(opF32Const, opF32Const, constF32)
	fill(opF64Const, opF64Const, constF64)
	fill(opI32Eqz, 0xc4, nothing) // arithmetic, comparison, conversion, sign extension
	fill(opRefNull, opRefNull, referenceType)
	fill(0xd1, 0xd1, nothing) // ref.is_null
	fill(opRefFunc, opRefFunc, function)

	for opcode, name := range map[byte]string{
		0x06: "try", 0x07: "catch", 0x08: "throw", 0x09: "rethrow", 0x0a: "throw_ref",
		0x12: "return_call", 0x13: "return_call_indirect", 0x14: "call_ref", 0x15: "return_call_ref",
		0x18: "delegate", 0x19: "catch_all", 0x1f: "try_table", 0x26: "table.set",
		0xd3: "ref.eq", 0xd4: "ref.as_non_null", 0xd5: "br_on_null", 0xd6: "br_on_non_null",
	} {
		t[opcode] = instruction{name, refused}
	}
	return t
}()

// miscInstructions is indexed by the opcode behind opPrefixMisc.
var miscInstructions = [...]instruction{
	0: {"", nothing}, 1: {"", nothing}, 2: {"", nothing}, 3: {"", nothing}, // saturating conversions
	4: {"", nothing}, 5: {"", nothing}, 6: {"", nothing}, 7: {"", nothing},
	miscMemoryInit: {"memory.init", memoryInit},
	miscDataDrop:   {"data.drop", dataIndex},
	miscMemoryCopy: {"memory.copy", twoMemoryIndices},
	miscMemoryFill: {"memory.fill", memoryIndex},
	12:             {"table.init", refused},
	13:             {"elem.drop", refused},
	14:             {"table.copy", refused},
	15:             {"table.grow", refused},
	16:             {"table.size", tableIndex},
	17:             {"table.fill", refused},
}

// prefixFeatures names the instruction sets behind the prefixes that are
// refused as a whole.
var prefixFeatures = map[byte]string{
	opPrefixGC:     "garbage collection",
	opPrefixSIMD:   "SIMD",
	opPrefixAtomic: "atomic",
}

// decode reads an opcode and finds its row. For what is not accepted it leaves
// an error in the reader.
func decode(r *reader) (opcode byte, misc uint32, kind immediate) {
	start := r.position
	opcode = r.byte()
	if r.err != nil {
		return
	}
	row := instructions[opcode]
	switch opcode {
	case opPrefixMisc:
		misc = r.u32()
		if uint64(misc) < uint64(len(miscInstructions)) {
			row = miscInstructions[misc]
		}
		if row.immediate == unknown {
			r.refuse(start, "unknown instruction 0x%02x %d", opcode, misc)
		}
	case opPrefixGC, opPrefixSIMD, opPrefixAtomic:
		r.refuse(start, "%s instruction 0x%02x %d", prefixFeatures[opcode], opcode, r.u32())
	}
	switch row.immediate {
	case unknown:
		r.refuse(start, "unknown instruction 0x%02x", opcode)
	case refused:
		r.refuse(start, "%s", row.name)
	}
	return opcode, misc, row.immediate
}
