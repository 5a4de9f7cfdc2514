// Package host runs scripts in a sandbox: a Lua interpreter compiled to WebAssembly, metered by fuel, its memory cloned
// from an image, reaching only the functions that the embedder gives it. It knows nothing of proxies and can be used by
// any Go program; see the package example.
//
// The pieces, in the order in which data passes them:
//
//	Engine        compiles guest modules (host/meter rewrites them first) and owns the memory budget
//	Image         a snapshot of a guest's memory after scripts were loaded: registrations, bound functions
//	sharing       which registrations can reach the same changeable variable, as the guest found out
//	instance      a copy-on-write clone of an image; one execution at a time runs in it (turn.go)
//	Registration  a function that a script registered, and the instances that may run it
//	Execution     one call of a registered function: a Lua coroutine that may wait without holding its instance
//	Function      what a script can call: given by the embedder's Library, or by Standard
//	Observer      told of executions: their start, waits and end
//
// See ARCHITECTURE.md for the life of an execution, RATIONALE.md for why it is built like this.
package host
