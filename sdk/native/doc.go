// Package native is the kit for native modules that are written in Go: functions that scripts call like those of a C module,
// in a program compiled to WebAssembly.
//
//	func init() { native.Register("shout", shout) }
//
//	func shout(arguments *native.Arguments, results *native.Results) error {
//		results.String(strings.ToUpper(arguments.String()))
//		return nil
//	}
//
//	func main() {} // never runs
//
//	GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -o shout.wasm
//
// A script finds it with require("shout"). The folder concat has an example, and the folder c the kit for C and the same
// example there. What a module can do and what a call costs is in docs/native-modules.md.
package native
