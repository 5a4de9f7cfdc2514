package meter

// protectedType is the type of the functions that try calls.
var protectedType = functionType{parameters: string([]byte{typeI32, typeI32})}

// A function that may be left by unwinding and returns results is emitted as
//
//	block                ;; unwindLabel
//	  block (results)    ;; takes the place of the function as a label
//	    ...body
//	  end
//	  return
//	end
//	defaults             ;; nobody looks at them: the caller tests first
//
// so that a test is four bytes and carries no values, however many results
// there are. Without results the function itself is the label.

// openUnwinding emits what precedes such a body.
func (p *plan) openUnwinding(w *writer, results string) {
	w.byte(opBlock, blockEmpty, opBlock)
	if len(results) == 1 {
		w.byte(results[0])
	} else {
		w.signed(int64(p.typeIndex(functionType{results: results})))
	}
}

// closeUnwinding emits what follows the body's own end.
func (p *plan) closeUnwinding(w *writer, results string) {
	w.byte(opReturn, opEnd)
	for i := range len(results) {
		switch t := results[i]; t {
		case typeI32:
			w.i32Const(0)
		case typeI64:
			w.i64Const(0)
		case typeF32:
			w.byte(opF32Const, 0, 0, 0, 0)
		case typeF64:
			w.byte(opF64Const, 0, 0, 0, 0, 0, 0, 0, 0)
		default:
			w.byte(opRefNull, t)
		}
	}
	w.byte(opEnd)
}

// unwindLabel is the label, seen from inside that many blocks of the input, that
// leaves a function with these results.
func unwindLabel(depth uint32, results string) uint32 {
	if len(results) > 0 {
		depth++
	}
	return depth
}

// throw emits the replacement for a call of the throw import.
func (p *plan) throw(w *writer, label uint32) {
	w.i32Const(1)
	w.op(opGlobalSet, p.unwindingGlobal)
	w.op(opBranch, label)
}

// testUnwinding emits what follows a call that may come back unwinding.
func (p *plan) testUnwinding(w *writer, label uint32) {
	w.op(opGlobalGet, p.unwindingGlobal)
	w.op(opBranchIf, label)
}

// try emits the body of the function that replaces the try import. Frames that
// were left by unwinding have not run their epilogues, hence the stack pointer.
func (p *plan) try(w *writer) {
	const (
		callee = iota
		firstArgument
		secondArgument
		savedPointer
		temporary
	)
	w.byte(2, 1, typeI32, 1, typeI64) // locals: savedPointer, temporary
	if p.checked[p.tryNode] {
		p.tick(w, temporary)
	}
	w.op(opGlobalGet, p.stackPointer)
	w.op(opLocalSet, savedPointer)
	w.op(opLocalGet, firstArgument)
	w.op(opLocalGet, secondArgument)
	w.op(opLocalGet, callee)
	w.op(opCallIndirect, p.types[protectedType], 0)
	w.op(opGlobalGet, p.unwindingGlobal)
	w.byte(opI32Eqz, opIf, blockEmpty)
	w.i32Const(0)
	w.byte(opReturn, opEnd)
	w.i32Const(0)
	w.op(opGlobalSet, p.unwindingGlobal)
	w.op(opLocalGet, savedPointer)
	w.op(opGlobalSet, p.stackPointer)
	w.i32Const(1)
	w.byte(opEnd)
}

// wrapper emits the body of an export that stands before a function that may
// throw: what nothing caught becomes a trap.
func (p *plan) wrapper(w *writer, wrapped uint32) {
	w.byte(0) // locals
	for i := range len(p.module.types[p.module.typeOf(int(wrapped))].parameters) {
		w.op(opLocalGet, uint32(i))
	}
	w.op(opCall, p.functionIndex[wrapped])
	w.op(opGlobalGet, p.unwindingGlobal)
	w.byte(opIf, blockEmpty)
	w.i32Const(0)
	w.op(opGlobalSet, p.unwindingGlobal)
	w.byte(opUnreachable, opEnd, opEnd)
}
