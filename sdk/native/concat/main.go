// Command concat is a native module: strings that grow without being copied each time.
//
//	local concat = require("concat")
//	concat.join({"a", "b", "c"})   "abc", in the order of the list
//	concat.add(piece)              appends to a text that the module keeps, and returns its length
//	concat.dump()                  returns that text, and forgets it
//
// Build it with
//
//	GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -o concat.wasm ./sdk/native/concat
package main

import (
	"errors"

	"tidelock/abi"
	"tidelock/sdk/native"
)

func main() {} // never runs

func init() {
	native.Register("join", join)
	native.Register("add", add)
	native.Register("dump", dump)
}

var errList = errors.New("list of strings expected")

func join(arguments *native.Arguments, results *native.Results) error {
	pieces := make(map[int64][]byte) // a table has no order: its keys say it
	length := 0
	for key, value := range arguments.Table() {
		if key.Type != abi.Integer || value.Type != abi.String {
			return errList
		}
		pieces[key.Int] = value.Bytes
		length += len(value.Bytes)
	}
	text := make([]byte, 0, length)
	for i := range int64(len(pieces)) {
		piece, present := pieces[i+1]
		if !present {
			return errList
		}
		text = append(text, piece...)
	}
	results.StringBytes(text)
	return nil
}

// kept is the text that add makes. It belongs to the script's instance: between add and dump nothing may wait.
var kept []byte

func add(arguments *native.Arguments, results *native.Results) error {
	kept = append(kept, arguments.Bytes()...)
	results.Int(int64(len(kept)))
	return nil
}

func dump(_ *native.Arguments, results *native.Results) error {
	results.StringBytes(kept)
	kept = kept[:0]
	return nil
}
