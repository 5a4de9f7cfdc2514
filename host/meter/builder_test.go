package meter

// builder assembles modules for tests. Functions are numbered as the format does:
// imports must be added before functions.
type builder struct {
	types                             []functionType
	imports, tables, globals, exports writer
	elements, data, extra             writer
	functionTypes                     []uint32
	codes                             [][]byte
	counts                            map[byte]uint32
	memory                            []byte
	noDataCount                       bool
}

func newBuilder() *builder { return &builder{counts: map[byte]uint32{}} }

const (
	i32 = "\x7f"
	i64 = "\x7e"
	f32 = "\x7d"
	f64 = "\x7c"
)

// Opcodes that only tests write.
const (
	branchTable = 0x0e
	i32Eqz      = 0x45
	drop        = 0x1a
	i32LtS      = 0x48
	i32GtS      = 0x4a
	i32Add      = 0x6a
	i32Sub      = 0x6b
	i32And      = 0x71
	refIsNull   = 0xd1
)

// code concatenates bytes, small integers, and byte slices.
func code(parts ...any) []byte {
	var b []byte
	for _, part := range parts {
		switch part := part.(type) {
		case int:
			b = append(b, byte(part))
		case uint32:
			w := new(writer)
			w.u32(part)
			b = append(b, w.bytes...)
		case string:
			b = append(b, part...)
		case []byte:
			b = append(b, part...)
		}
	}
	return b
}

func constI32Code(v int32) []byte {
	w := new(writer)
	w.i32Const(v)
	return w.bytes
}

func constI64Code(v int64) []byte {
	w := new(writer)
	w.i64Const(v)
	return w.bytes
}

func (b *builder) typeOf(parameters, results string) uint32 {
	t := functionType{parameters, results}
	for i := range b.types {
		if b.types[i] == t {
			return uint32(i)
		}
	}
	b.types = append(b.types, t)
	return uint32(len(b.types) - 1)
}

func (b *builder) importFunction(module, name, parameters, results string) uint32 {
	b.imports.name(module)
	b.imports.name(name)
	b.imports.byte(externalFunction)
	b.imports.u32(b.typeOf(parameters, results))
	b.counts[sectionImport]++
	return b.counts[sectionImport] - 1
}

func (b *builder) throw() uint32 { return b.importFunction("tidelock", "throw", "", "") }
func (b *builder) try() uint32   { return b.importFunction("tidelock", "try", i32+i32+i32, i32) }

// next is the index that the next function gets.
func (b *builder) next() uint32 { return b.counts[sectionImport] + uint32(len(b.codes)) }

// function adds a function whose locals have one group per value type named.
func (b *builder) function(parameters, results, locals string, instructions ...any) uint32 {
	w := new(writer)
	w.u32(uint32(len(locals)))
	for i := range len(locals) {
		w.byte(1, locals[i])
	}
	w.append(code(instructions...))
	w.byte(opEnd)
	b.functionTypes = append(b.functionTypes, b.typeOf(parameters, results))
	b.codes = append(b.codes, w.bytes)
	return b.next() - 1
}

func (b *builder) export(name string, kind byte, index uint32) {
	b.exports.name(name)
	b.exports.byte(kind)
	b.exports.u32(index)
	b.counts[sectionExport]++
}

func (b *builder) exported(name, parameters, results, locals string, instructions ...any) uint32 {
	index := b.function(parameters, results, locals, instructions...)
	b.export(name, externalFunction, index)
	return index
}

// table adds a table that starts with the functions.
func (b *builder) table(functions ...uint32) {
	b.tables.byte(typeFunction, 0)
	b.tables.u32(uint32(len(functions)))
	table := b.counts[sectionTable]
	b.counts[sectionTable]++
	b.elements.u32(elementExplicit)
	b.elements.u32(table)
	b.elements.byte(opI32Const, 0, opEnd, 0)
	b.elements.u32(uint32(len(functions)))
	for _, f := range functions {
		b.elements.u32(f)
	}
	b.counts[sectionElement]++
}

func (b *builder) global(valueType byte, mutable byte, value []byte) uint32 {
	b.globals.byte(valueType, mutable)
	b.globals.append(value)
	b.globals.byte(opEnd)
	b.counts[sectionGlobal]++
	return b.counts[sectionGlobal] - 1
}

func (b *builder) activeData(offset int32, content string) {
	b.data.byte(0)
	b.data.i32Const(offset)
	b.data.byte(opEnd)
	b.data.name(content)
	b.counts[sectionData]++
}

func (b *builder) passiveData(content string) {
	b.data.byte(1)
	b.data.name(content)
	b.counts[sectionData]++
}

// stackPointer adds the global that try restores.
func (b *builder) stackPointer() uint32 {
	index := b.global(typeI32, 1, constI32Code(1024))
	b.export(stackPointerName, externalGlobal, index)
	return index
}

func (b *builder) onePage() { b.memory = []byte{1, 0, 1} }

// raw appends a section as it is, behind all others.
func (b *builder) raw(id byte, content []byte) {
	b.extra.byte(id)
	b.extra.u32(uint32(len(content)))
	b.extra.append(content)
}

func (b *builder) bytes() []byte {
	w := &writer{bytes: append([]byte(nil), preamble...)}
	section := func(id byte, count uint32, content []byte) {
		if count == 0 {
			return
		}
		w.byte(id)
		w.sized(new(writer), func(w *writer) {
			w.u32(count)
			w.append(content)
		})
	}
	types := new(writer)
	for _, t := range b.types {
		types.byte(typeSignature)
		types.name(t.parameters)
		types.name(t.results)
	}
	functions, codes := new(writer), new(writer)
	for i, body := range b.codes {
		functions.u32(b.functionTypes[i])
		codes.u32(uint32(len(body)))
		codes.append(body)
	}
	section(sectionType, uint32(len(b.types)), types.bytes)
	section(sectionImport, b.counts[sectionImport], b.imports.bytes)
	section(sectionFunction, uint32(len(b.codes)), functions.bytes)
	section(sectionTable, b.counts[sectionTable], b.tables.bytes)
	if b.memory != nil {
		w.byte(sectionMemory, byte(len(b.memory)))
		w.append(b.memory)
	}
	section(sectionGlobal, b.counts[sectionGlobal], b.globals.bytes)
	section(sectionExport, b.counts[sectionExport], b.exports.bytes)
	section(sectionElement, b.counts[sectionElement], b.elements.bytes)
	if !b.noDataCount {
		section(sectionDataCount, b.counts[sectionData], nil)
	}
	section(sectionCode, uint32(len(b.codes)), codes.bytes)
	section(sectionData, b.counts[sectionData], b.data.bytes)
	w.append(b.extra.bytes)
	return w.bytes
}
