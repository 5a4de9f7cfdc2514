// Command genheader prints the C header of package abi.
package main

import (
	"fmt"

	"tidelock/abi"
)

func main() { fmt.Print(abi.Header()) }
