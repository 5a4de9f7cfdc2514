package meter

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// TestRandomThrows makes modules of functions that throw, catch and rethrow at
// random, and compares the lowered ones with throw and try done by the host.
func TestRandomThrows(t *testing.T) {
	modules := 80
	if testing.Short() {
		modules = 20
	}
	var returned, caught int
	for seed := range modules {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			observed := compare(t, engines[seed%2].config, randomThrows(uint64(seed)))
			returned += observed.returned
			caught += observed.caught
		})
	}
	t.Logf("%d calls returned and %d throws were caught", returned, caught)
	if returned < modules || caught < modules {
		t.Error("the modules do not test much")
	}
}

// thrower generates functions. Each calls only later ones, so that all ends.
type thrower struct {
	*builder
	*rand.Rand
	throw, try, log uint32
	pointer         uint32
	shapes          []functionType // of the functions, by number
	first           uint32         // index of function 0
	self            int            // number of the function being made
	depth           int            // of statements
}

// shapes of functions; the first is what try calls, and all take two i32.
var throwerShapes = []functionType{
	{i32 + i32, ""}, {i32 + i32, i32}, {i32 + i32, f64}, {i32 + i32, i64 + i32}, {i32 + i32, f32 + i64 + "\x70"},
}

func randomThrows(seed uint64) []byte {
	b := newBuilder()
	g := &thrower{builder: b, Rand: rand.New(rand.NewPCG(seed, 2))}
	g.throw, g.try = b.throw(), b.try()
	g.log = b.importFunction("fuzzing-support", "log-i32", i32, "")
	b.onePage()
	g.pointer = b.stackPointer()
	g.first = b.next()
	const functions = 10
	var table []uint32
	for i := range functions {
		g.shapes = append(g.shapes, throwerShapes[g.IntN(len(throwerShapes))])
		if i%2 == 1 {
			g.shapes[i] = throwerShapes[0]
		}
		table = append(table, g.first+uint32(i))
	}
	for i, shape := range g.shapes {
		g.self = i
		body := code(g.move(-16), g.statements(4), g.move(16))
		for j := range len(shape.results) {
			body = code(body, g.value(shape.results[j]))
		}
		if shape.results == throwerShapes[4].results {
			b.function(shape.parameters, shape.results, i32, body)
		} else {
			b.exported(fmt.Sprintf("f%02d", i), shape.parameters, shape.results, i32, body)
		}
	}
	b.exported(dispatch, i32+i32+i32, "", "", opLocalGet, 1, opLocalGet, 2, opLocalGet, 0,
		opCallIndirect, b.typeOf(i32+i32, ""), 0)
	b.table(table...)
	return b.bytes()
}

func (g *thrower) move(by int32) []byte {
	return code(opGlobalGet, g.pointer, constI32Code(by), i32Add, opGlobalSet, g.pointer)
}

func (g *thrower) value(t byte) []byte {
	switch t {
	case typeI32:
		return code(opLocalGet, g.IntN(3), opLocalGet, g.IntN(3), i32Add, constI32Code(g.Int32N(8)), i32Add)
	case typeI64:
		return constI64Code(g.Int64N(1000))
	case typeF32:
		return code(opF32Const, 0, 0, 0, g.IntN(100))
	case typeF64:
		return code(opF64Const, make([]byte, 7), g.IntN(100))
	default:
		return code(opRefNull, typeFunction)
	}
}

// bit tests one bit of a value: throws and branches depend on arguments.
func (g *thrower) bit() []byte {
	return code(g.value(typeI32), constI32Code(1<<g.IntN(3)), i32And)
}

func (g *thrower) statements(n int) []byte {
	if g.depth++; g.depth > 4 {
		n = 0
	}
	var body []byte
	for range n {
		body = append(body, g.statement()...)
	}
	g.depth--
	return body
}

func (g *thrower) statement() []byte {
	switch g.IntN(10) {
	case 0:
		return code(g.bit(), opIf, blockEmpty, opCall, g.throw, opUnreachable, opEnd)
	case 1:
		return code(opBlock, blockEmpty, g.statements(2), g.bit(), opBranchIf, 0, g.statements(2), opEnd)
	case 2:
		return code(g.bit(), opIf, blockEmpty, g.statements(2), opElse, g.statements(2), opEnd)
	case 3: // at most three times round: the third local counts
		return code(constI32Code(3), opLocalSet, 2, opLoop, blockEmpty, g.callLater(false),
			opLocalGet, 2, i32Decrement, opLocalTee, 2, constI32Code(0), i32GtS, opBranchIf, 0, opEnd)
	case 4, 5:
		return g.callLater(false)
	case 6:
		return g.callLater(true)
	case 7, 8:
		return g.protect()
	default:
		return code(g.value(typeI32), opCall, g.log)
	}
}

// callLater calls a function of a higher number, and drops or logs the results.
func (g *thrower) callLater(throughTable bool) []byte {
	if g.self+1 >= len(g.shapes) {
		return nil
	}
	callee := g.self + 1 + g.IntN(len(g.shapes)-g.self-1)
	shape := g.shapes[callee]
	body := code(g.value(typeI32), g.value(typeI32))
	if throughTable {
		body = code(body, constI32Code(int32(callee)), opCallIndirect, g.typeOf(shape.parameters, shape.results), 0)
	} else {
		body = code(body, opCall, g.first+uint32(callee))
	}
	for j := len(shape.results) - 1; j >= 0; j-- {
		if shape.results[j] == typeI32 {
			body = code(body, opCall, g.log)
		} else {
			body = code(body, drop)
		}
	}
	return body
}

// protect tries a function of a higher number, logs the outcome, and may rethrow.
func (g *thrower) protect() []byte {
	later := (g.self + 1 + g.IntN(len(g.shapes))) | 1 // those with odd numbers have the type for it
	if later >= len(g.shapes) {
		return nil
	}
	body := code(constI32Code(int32(later)), g.value(typeI32), g.value(typeI32), opCall, g.try)
	if g.IntN(3) == 0 {
		return code(body, opIf, blockEmpty, opCall, g.throw, opUnreachable, opEnd)
	}
	return code(body, opCall, g.log)
}
