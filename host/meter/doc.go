// Package meter rewrites WebAssembly modules so that a host can bound and
// interrupt them, and so that they can throw without help from the engine.
//
// It is one pass from binary to binary:
//
//	bytes --> sections, sites --> call graph, plan --> bytes
//	          module.go, body.go  callgraph.go,        output.go,
//	                              plan.go              emit.go
//
// Fuel: a global counts down whenever a loop is repeated and at the entry of enough
// functions that neither recursion nor a deep tree of calls runs for long
// without a tick (feedback.go, fuel.go). Below zero the module calls the fuel
// import, which returns the new value, blocks, or panics to kill the instance.
//
// Unwinding: calls of the throw import set a global and leave the function;
// every call that may come back that way is followed by a test of the global.
// The try import becomes a function of the module (unwind.go).
//
// Data: active segments become passive and move into an exported function, so
// that a clone of a memory image starts without touching its pages (data.go).
//
// Nothing here validates operand types: the engine does when it compiles the
// result. What is checked is what the rewriting relies on: structure, indices
// (so that no input reaches what the pass adds) and the accepted instructions.
// The table stays as the element segments fill it, because instructions that
// write tables are refused and tables are not exported; both the call graph and
// the clones depend on that.
package meter
