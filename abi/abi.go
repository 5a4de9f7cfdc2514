// Package abi is the contract between the host and a guest: a WebAssembly module that holds a Lua interpreter (or a
// native module) and reaches the world through one generic call. It is a leaf: it imports nothing of ours, and both
// sides are written against it alone. The C header of guest/lua54 is generated from it (go run ./abi/genheader).
//
// # Exchange
//
// Values cross the boundary in two buffers in the guest's linear memory. The guest writes the outbox, the host writes
// the inbox; neither writes the other's. The export [ExportAllocate] returns the address of their descriptor:
//
//	offset 0   u32  address of the inbox
//	offset 4   u32  size of the inbox in bytes
//	offset 8   u32  address of the outbox
//	offset 12  u32  size of the outbox in bytes
//
// All integers are little endian. The descriptor does not move while the instance lives; the buffers may, when they
// grow, so the host reads the descriptor each time, and checks every address and length against the memory's size.
//
// # Results
//
// Calls in both directions return one i64:
//
//	bits 0..31   length in bytes of the values in the inbox (host's result) or the outbox (guest's result)
//	bits 32..39  status: [Status] of a host call, [Outcome] of a guest call
//	bits 40..63  zero
//
// # Life of an execution
//
// The host writes the arguments to the inbox and calls [ExportStart]. When the guest returns [Parked], the operation
// that it called waits in the host; the host carries it out, holding no instance, writes the results to the inbox and
// calls [ExportResume], and so on until [Done], [Failed] or [OutOfMemory]. See value.go for the encoding of values.
package abi

// Version of the contract, checked when a module is loaded: another major version is refused.
const (
	VersionMajor = 1
	VersionMinor = 1
)

// ImportModule is the module name of everything that a guest may import.
const ImportModule = "tidelock"

// Imports of a guest. Throw and Try are lowered to plain code by host/meter before the module runs, and Fuel is added
// by it: what a running module really imports is Call and Fuel.
const (
	ImportCall  = "call"  // (operation i32, address i32, length i32) -> i64
	ImportFuel  = "fuel"  // () -> i64
	ImportThrow = "throw" // ()
	ImportTry   = "try"   // (function i32, a i32, b i32) -> i32
)

// Exports of a guest. Lengths are bytes of values in the inbox. Parameters are all i32. A guest may lack [ExportAnalyse].
const (
	ExportVersion    = "version"     // () -> i32: major<<16 | minor
	ExportInitialise = "_initialize" // (): once, before anything else
	ExportAllocate   = "allocate"    // (size) -> i32: makes the inbox hold size bytes; address of the descriptor, 0 when out of memory
	ExportLoad       = "load"        // (length) -> i64: compiles a chunk; name string, source string, trusted boolean; yields its registration number
	ExportStart      = "start"       // (execution, registration, length) -> i64
	ExportResume     = "resume"      // (execution, status, length) -> i64
	ExportCancel     = "cancel"      // (execution) -> i64: ends a parked execution, running what it left to be closed
	ExportInterrupt  = "interrupt"   // (interrupt): takes effect at the next instruction of the running execution
	ExportLocate     = "locate"      // () -> i64: where the running execution stands, a string; allocates nothing
	ExportCollect    = "collect"     // () -> i32: collects all garbage and makes ready for a snapshot; bytes in use
	ExportAnalyse    = "analyse"     // (length) -> i64: which registrations can reach the same changeable variables; see below
)

// What [ExportAnalyse] gets and gives. It may spoil the instance for every other use.
//
//	in:   number int, of each registration
//	out:  for each of them: group int (a position among them), keeps boolean (what the group changes outlives a call)
//	then: first int, second int (positions), what string, chunk string, line int, variable boolean; for each reason to
//	      share: the first assigns the variable, there, that the second reads, or does what is said instead of a variable.
//	      Without chunk and line it is a function of the prelude that assigns it.

// ExportInterruptWord is exported instead of [ExportInterrupt] and [ExportLocate] by a guest that cannot be called while
// it calls Fuel, such as a Go program, in whose runtime that may happen anywhere: () -> i32, the address of a u32 to which
// the host writes an [Interrupt]. The guest reads it before every instruction, and clears it when it leaves.
const ExportInterruptWord = "interrupt_word"

// A native module exports [ExportVersion], [ExportInitialise], [ExportAllocate] and these two, and imports nothing but Fuel
// and what its language's runtime wants of WASI. Its functions neither park nor call the host.
const (
	ExportFunctions = "functions" // () -> i64: yields the names of its functions, strings; their numbers count from 0
	ExportInvoke    = "invoke"    // (function, length) -> i64: [Done] with results, or [Failed] with a message string
)

// Operation is the first parameter of [ImportCall].
type Operation uint32

const (
	OpResolve Operation = iota // name string -> number int: binds a host function; its operation is FirstFunction + number
	OpTake                     // (raw: address and length of a buffer) copies a result that did not fit the inbox
	OpWait                     // carries out the parked operation while holding the instance, where Lua cannot yield
	OpTime                     // [seconds int] -> nanoseconds since 1970 int, offset from UTC at that time in seconds int
	OpClock                    // -> nanoseconds of processor time that the process used, int
	OpRandom                   // -> two random int
	OpWarn                     // message string: a warning of the interpreter, such as an error in a finalizer

	FirstFunction Operation = 256
)

// Status says how a host call ended.
type Status uint8

const (
	StatusOK    Status = iota // the inbox holds the results
	StatusError               // the inbox holds one string, to be raised as an error
	StatusPark                // the operation has to wait: yield the execution, or call OpWait
	StatusMore                // the results need a buffer of length bytes: fetch them with OpTake
)

// Outcome says how a guest call ended.
type Outcome uint8

const (
	Done        Outcome = iota // the outbox holds the results
	Parked                     // the host holds the operation that the execution waits for
	Yielded                    // interrupted to let another execution have the instance
	Failed                     // the outbox holds message string, traceback string
	OutOfMemory                // as Failed; the outbox may be empty
)

// Interrupt is the parameter of [ExportInterrupt].
type Interrupt uint32

const (
	InterruptNone    Interrupt = iota // disarms
	InterruptYield                    // yield at the next instruction that can
	InterruptTimeout                  // raise the timeout error, again and again until the execution ends
)

// Limits that both sides keep.
const (
	MaxDepth       = 64        // nesting of tables in one value
	DescriptorSize = 16        // bytes
	InboxSize      = 8 << 10   // bytes that a guest allocates at first
	MaxExchange    = 256 << 20 // bytes that one exchange may hold
)

// Pack makes the result of a call.
func Pack(status uint8, length int) uint64 { return uint64(status)<<32 | uint64(uint32(length)) }

// Unpack takes a result apart.
func Unpack(packed uint64) (status uint8, length int) {
	return uint8(packed >> 32), int(uint32(packed))
}
