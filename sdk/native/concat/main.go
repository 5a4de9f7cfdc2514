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

// maxPieces bounds what a key of a list can make the module allocate.
const maxPieces = 1 << 20

var errList = errors.New("list of strings expected")

func join(arguments *native.Arguments, results *native.Results) error {
	var pieces [][]byte // a table has no order: its keys say it
	count, length := 0, 0
	for key, value := range arguments.Table() {
		if key.Type != abi.Integer || value.Type != abi.String || key.Int < 1 || key.Int > maxPieces {
			return errList
		}
		if at := int(key.Int); at > len(pieces) {
			pieces = append(pieces, make([][]byte, at-len(pieces))...)
		}
		pieces[key.Int-1] = value.Bytes
		count++
		length += len(value.Bytes)
	}
	if count != len(pieces) {
		return errList
	}
	text := make([]byte, 0, length)
	for _, piece := range pieces {
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
