package meter

import (
	"slices"
	"strconv"
)

// Names that the output exports.
const (
	// GlobalFuel is a mutable i64: the ticks left before the fuel import is called.
	// A host sets it before each call into the module.
	GlobalFuel = reservedPrefix + "fuel"
	// GlobalUnwinding is a mutable i32, zero whenever the host has control. Present
	// only when throw or try are lowered.
	GlobalUnwinding = reservedPrefix + "unwinding"
	// FunctionInitData is a function () -> () that writes the active data segments
	// of the input. Whoever instantiates the module calls it before anything else,
	// unless memory is restored from an image.
	FunctionInitData = reservedPrefix + "init_data"

	// reservedPrefix starts no export of an input.
	reservedPrefix = "__tidelock_"

	stackPointerName = "__stack_pointer"
)

// role says what an import is to the pass.
type role uint8

const (
	roleHost role = iota
	roleFuel
	roleThrow
	roleTry
)

// plan holds what is decided before anything is written.
type plan struct {
	module *module
	config Config
	types  map[functionType]uint32 // first index of each function type
	roles  []role                  // of the imports

	lowered  bool   // throw or try are imported
	throws   []bool // by node: a call may come back unwinding
	checked  []bool // by node: ticks at entry
	tryNode  uint32 // an import that is try
	hasTry   bool
	wrappers []uint32 // exported functions that may throw, by first export

	// Indices of the output.
	functionIndex    []uint32 // by index in the input
	fuelFunction     uint32
	initDataFunction uint32
	wrapperIndex     map[uint32]uint32 // by index in the input
	fuelGlobal       uint32
	unwindingGlobal  uint32
	stackPointer     uint32
}

func newPlan(m *module, config Config) (*plan, error) {
	p := &plan{module: m, config: config, types: m.canonicalTypes()}
	if err := p.assignRoles(); err != nil {
		return nil, err
	}
	if err := p.findStackPointer(); err != nil {
		return nil, err
	}
	p.typeIndex(functionType{}) // of FunctionInitData
	p.typeIndex(fuelType)
	if p.hasTry {
		p.typeIndex(protectedType)
		if len(m.tableOf) == 0 || m.tableOf[0] != typeFunction {
			return nil, &UnsupportedError{m.imports[p.tryNode].offset, "try without a table of functions"}
		}
	}
	calls := newCallGraph(m, p.roles, p.types)
	p.throws = calls.mayThrow(p.roles)
	p.checked = calls.entryChecks(func(node uint32) uint64 {
		if int(node) < len(m.imports) {
			return 0
		}
		f := &m.functions[int(node)-len(m.imports)]
		return uint64(f.end - f.start + f.locals) // locals are set to zero at entry
	})
	p.assignIndices()
	return p, nil
}

var (
	fuelType  = functionType{results: string([]byte{typeI64})}
	throwType = functionType{}
	tryType   = functionType{parameters: string([]byte{typeI32, typeI32, typeI32}), results: string([]byte{typeI32})}
)

// assignRoles finds the imports that the configuration names.
func (p *plan) assignRoles() error {
	m := p.module
	p.roles = make([]role, len(m.imports))
	for i := range m.imports {
		imported := &m.imports[i]
		if imported.module != p.config.ImportModule || imported.name == "" {
			continue // an empty name in the configuration names nothing
		}
		var want functionType
		switch imported.name {
		case p.config.Fuel:
			p.roles[i], want = roleFuel, fuelType
		case p.config.Throw:
			p.roles[i], want = roleThrow, throwType
			p.lowered = true
		case p.config.Try:
			p.roles[i], want = roleTry, tryType
			p.lowered = true
			p.hasTry, p.tryNode = true, uint32(i)
		default:
			continue
		}
		if slices.Contains(p.roles[:i], p.roles[i]) {
			return &FormatError{imported.offset, "import " + imported.name + " twice"}
		}
		if m.types[imported.typeIndex] != want {
			return &FormatError{imported.offset, "import " + imported.name + " has the wrong type"}
		}
	}
	return p.refuseReferencesToThrow()
}

// refuseReferencesToThrow makes sure that throw is only ever called directly,
// where the call can be replaced: no function stands behind it in the output.
func (p *plan) refuseReferencesToThrow() error {
	m := p.module
	isThrow := func(function uint32) bool {
		return int(function) < len(p.roles) && p.roles[function] == roleThrow
	}
	referred := -1
	refer := func(function uint32) {
		if isThrow(function) {
			referred = int(function)
		}
	}
	for i := range m.sites {
		if m.sites[i].kind == siteRefFunc {
			refer(m.sites[i].index)
		}
	}
	for i := range m.elements {
		for _, entry := range m.elements[i].entries {
			if entry.bytes == nil {
				refer(entry.function)
			}
		}
	}
	for i := range m.globals {
		if m.globals[i].value.bytes == nil {
			refer(m.globals[i].value.function)
		}
	}
	for i := range m.exports {
		if m.exports[i].kind == externalFunction {
			refer(m.exports[i].index)
		}
	}
	if referred >= 0 {
		return &UnsupportedError{m.imports[referred].offset, "a use of " + p.config.Throw + " other than a direct call"}
	}
	return nil
}

func (p *plan) findStackPointer() error {
	if !p.hasTry {
		return nil
	}
	m := p.module
	for i := range m.exports {
		e := &m.exports[i]
		if e.kind != externalGlobal || e.name != stackPointerName {
			continue
		}
		if g := &m.globals[e.index]; g.mutable && g.valueType == typeI32 {
			p.stackPointer = e.index
			return nil
		}
	}
	return &UnsupportedError{m.imports[p.tryNode].offset, "try without an exported mutable i32 global " + stackPointerName}
}

// typeIndex finds a function type, and adds it when the module lacks it.
func (p *plan) typeIndex(t functionType) uint32 {
	if i, found := p.types[t]; found {
		return i
	}
	i := uint32(len(p.module.types))
	p.module.types = append(p.module.types, t)
	p.types[t] = i
	return i
}

// assignIndices numbers the functions of the output: imports, the functions of
// the input, try, FunctionInitData, the wrappers.
func (p *plan) assignIndices() {
	m := p.module
	p.functionIndex = make([]uint32, m.functionCount())
	next := uint32(0)
	hasFuel := false
	for i, role := range p.roles {
		switch role {
		case roleThrow, roleTry:
			continue
		case roleFuel:
			hasFuel = true
			p.fuelFunction = next
		}
		p.functionIndex[i] = next
		next++
	}
	if !hasFuel {
		p.fuelFunction = next
		next++
	}
	for i := range m.functions {
		p.functionIndex[len(m.imports)+i] = next
		next++
	}
	if p.hasTry {
		p.functionIndex[p.tryNode] = next
		next++
	}
	p.initDataFunction = next
	next++
	p.wrapperIndex = make(map[uint32]uint32)
	for i := range m.exports {
		e := &m.exports[i]
		if e.kind != externalFunction || !p.throws[e.index] {
			continue
		}
		if _, found := p.wrapperIndex[e.index]; !found {
			p.wrapperIndex[e.index] = next
			p.wrappers = append(p.wrappers, e.index)
			next++
		}
	}
	p.fuelGlobal = uint32(len(m.globals))
	p.unwindingGlobal = p.fuelGlobal + 1
}

// importsFuel reports whether the input imports the fuel function itself.
func (p *plan) importsFuel() bool {
	return slices.Contains(p.roles, roleFuel)
}

// exportedFunction returns what an export of a function refers to.
func (p *plan) exportedFunction(index uint32) uint32 {
	if wrapper, found := p.wrapperIndex[index]; found {
		return wrapper
	}
	return p.functionIndex[index]
}

// generatedGlobalName names the export of a global that the input keeps inside.
func generatedGlobalName(index int) string {
	return reservedPrefix + "global_" + strconv.Itoa(index)
}
