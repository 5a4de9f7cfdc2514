package host

import "time"

// Limits bound one execution. Zero values mean no limit.
type Limits struct {
	// Time is how much processor time the execution may use in all; waiting does not count.
	Time time.Duration
	// Burst is how much of it may pass between two waits.
	Burst time.Duration
	// Fuel is how many ticks the execution may use in all: see Execution.Fuel. Unlike time it is the same on every machine.
	Fuel int64
}

// Defaults of what an embedder leaves open.
const (
	DefaultQuantum        = 10_000    // fuel between two looks at the clock, tune.lua.forced-yield
	DefaultInstanceMemory = 128 << 20 // bytes
	DefaultLoadTime       = 30 * time.Second
)

// Isolation says which registrations of an image share an instance.
type Isolation string

const (
	// IsolateAutomatically gives each registration an instance of its own, but for those that can reach the same changeable
	// variable: they share one. See Image.Joins.
	IsolateAutomatically Isolation = "auto"
	// IsolateRegistrations gives each registration an instance of its own, whatever they share in the source.
	IsolateRegistrations Isolation = "registration"
	// IsolateTransactions gives each execution a fresh instance.
	IsolateTransactions Isolation = "transaction"
	// IsolateScripts lets all registrations of an image share one instance.
	IsolateScripts Isolation = "script"
)

// Isolations lists the values that a configuration may name.
var Isolations = []Isolation{IsolateAutomatically, IsolateRegistrations, IsolateTransactions, IsolateScripts}
