//go:build wasip1

// Package main is the Lua 5.1 guest: gopher-lua, and what stands between it and the host. It is compiled for wasip1 as a
// reactor (go build -buildmode=c-shared) and speaks package abi, as the C shim of guest/lua54 does:
//
//	exports.go    the functions that the host calls
//	exchange.go   values to the outbox, values from the inbox
//	operation.go  calls to the host, and waiting for them
//	strand.go     Lua stacks and the goroutines that run them
//	execution.go  the calls of registered functions
//	entry.go      what a script's function gets, and what becomes of its results
//	coroutine.go  the coroutine library
//	interrupt.go  what can happen between two instructions: a timeout, another's turn, the end of memory
//	sandbox.go    the libraries that a script gets, and what is taken out of them
//	chunk.go      compiling, and its error messages
//	clock.go      the time, as the host tells it
//
// The C guest parks an execution by yielding its coroutine. Here every Lua stack has a goroutine, which blocks: an
// execution can wait, and a coroutine yield, wherever it stands, inside pcall, metamethods, iterators and comparators.
//
// All goroutines share one thread and hand control to each other explicitly, so that nothing here is locked.
package main
