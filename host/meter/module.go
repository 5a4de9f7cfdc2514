package meter

import (
	"bytes"
	"slices"
)

// Limits of the input. They keep the memory that the pass takes within a fixed
// multiple of the module's size.
const (
	maximumSize         = 64 << 20 // bytes of a module
	maximumArity        = 128      // parameters, and results, of a function type; wrappers forward them
	maximumLocals       = 50_000   // of a function, with its parameters
	maximumNesting      = 1 << 16  // of blocks in a function
	maximumTableEntries = 1 << 20  // initial, of all tables of a module
)

// Kinds of imports and exports.
const (
	externalFunction = iota
	externalTable
	externalMemory
	externalGlobal
)

// module is a parsed module. Index spaces are those of the input.
type module struct {
	source    []byte
	types     []functionType
	imports   []functionImport
	functions []definedFunction
	sites     []site // of all functions, in order
	tables    []byte // the section's content
	tableOf   []byte // element type of each table
	memory    []byte // the section's content, nil without a memory
	globals   []global
	exports   []export
	elements  []elementSegment
	data      []dataSegment
	dataCount int // -1 without the section

	functionNames map[uint32]string // by function index, nil without names
}

// functionType has a byte per value type; equal values are equal types.
type functionType struct {
	parameters, results string
}

type functionImport struct {
	offset       int
	module, name string
	typeIndex    uint32
}

type definedFunction struct {
	typeIndex          uint32
	firstSite, endSite int // its part of module.sites
	groups             int // of local declarations
	locals             int // with parameters
	groupsStart        int // offset of the first group
	start, end         int // offsets of the instructions, the final end included
	hasLoop, hasBulk   bool
}

type global struct {
	valueType byte
	mutable   bool
	value     constant
}

type export struct {
	name  string
	kind  byte
	index uint32
}

// Section identifiers.
const (
	sectionCustom = iota
	sectionType
	sectionImport
	sectionFunction
	sectionTable
	sectionMemory
	sectionGlobal
	sectionExport
	sectionStart
	sectionElement
	sectionCode
	sectionData
	sectionDataCount
	sectionTag
)

// sectionOrder is the order in which sections stand in a module.
var sectionOrder = []byte{sectionType, sectionImport, sectionFunction, sectionTable, sectionMemory,
	sectionGlobal, sectionExport, sectionElement, sectionDataCount, sectionCode, sectionData}

var preamble = []byte{0, 'a', 's', 'm', 1, 0, 0, 0}

// parse reads a whole module.
func parse(source []byte) (*module, error) {
	if len(source) > maximumSize {
		return nil, &FormatError{Offset: maximumSize, Reason: "module too large"}
	}
	if !bytes.HasPrefix(source, preamble) {
		return nil, &FormatError{Reason: "not a WebAssembly module of version 1"}
	}
	m := &module{source: source, dataCount: -1}
	r := &reader{data: source, position: len(preamble)}
	place := -1 // in sectionOrder
	codeSeen := false
	for r.err == nil && r.remaining() > 0 {
		start := r.position
		id := r.byte()
		section := r.within(r.u32())
		if r.err != nil {
			break
		}
		switch id {
		case sectionCustom:
			m.readCustom(section)
			continue
		case sectionStart:
			r.refuse(start, "start function")
		case sectionTag:
			r.refuse(start, "exception tag")
		}
		next := slices.Index(sectionOrder, id)
		if next <= place {
			r.fail(start, "section %d is unknown, repeated or out of order", id)
			break
		}
		place = next
		codeSeen = codeSeen || id == sectionCode
		m.readSection(id, section)
		section.end("section")
		r.err = section.err
	}
	if r.err == nil && len(m.functions) > 0 && !codeSeen {
		r.fail(len(source), "%d functions have no code", len(m.functions))
	}
	if r.err == nil && m.dataCount >= 0 && len(m.data) != m.dataCount {
		r.fail(len(source), "%d data segments announced, %d found", m.dataCount, len(m.data))
	}
	return m, r.err
}

func (m *module) readSection(id byte, r *reader) {
	switch id {
	case sectionType:
		m.readTypes(r)
	case sectionImport:
		m.readImports(r)
	case sectionFunction:
		m.readFunctions(r)
	case sectionTable:
		m.readTables(r)
	case sectionMemory:
		m.readMemory(r)
	case sectionGlobal:
		m.readGlobals(r)
	case sectionExport:
		m.readExports(r)
	case sectionElement:
		m.readElements(r)
	case sectionDataCount:
		m.dataCount = r.announced()
	case sectionCode:
		m.readCode(r)
	case sectionData:
		m.readData(r)
	}
}

// functionCount is the size of the function index space.
func (m *module) functionCount() int { return len(m.imports) + len(m.functions) }

// typeOf returns the type index of a function.
func (m *module) typeOf(function int) uint32 {
	if function < len(m.imports) {
		return m.imports[function].typeIndex
	}
	return m.functions[function-len(m.imports)].typeIndex
}

// canonicalTypes maps each function type to the first index that has it:
// calls through tables compare types by structure.
func (m *module) canonicalTypes() map[functionType]uint32 {
	first := make(map[functionType]uint32, len(m.types))
	for i, t := range m.types {
		if _, found := first[t]; !found {
			first[t] = uint32(i)
		}
	}
	return first
}
