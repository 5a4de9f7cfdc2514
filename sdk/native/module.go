package native

import (
	"fmt"

	"tidelock/abi"
)

// Function is a function that Lua calls. An error is raised there, and the results do not count then. A panic is an error
// too. Neither arguments nor results may be kept.
type Function func(arguments *Arguments, results *Results) error

var (
	names     []string
	functions []Function
)

// Register adds a function to the module under the name that Lua finds it by. Call it from init functions.
func Register(name string, f Function) {
	names = append(names, name)
	functions = append(functions, f)
}

// invoke calls a function, and appends its results, or its message, to out.
func invoke(number int, arguments []byte, out *abi.Writer) (outcome abi.Outcome) {
	fail := func(reason any) abi.Outcome {
		out.Truncate(0)
		out.String(fmt.Sprint(reason))
		return abi.Failed
	}
	defer func() {
		if reason := recover(); reason != nil {
			outcome = fail(reason)
		}
	}()
	if number < 0 || number >= len(functions) {
		return fail("no such function")
	}
	in := &Arguments{reader: abi.NewReader(arguments)}
	err := functions[number](in, out)
	if in.err != nil {
		err = in.err
	}
	if err != nil {
		return fail(err)
	}
	return abi.Done
}
