package host

import (
	"crypto/rand"
	"errors"
	"strings"
	"syscall"

	"tidelock/abi"
)

func randomText() string { return rand.Text()[:8] }

// fail writes what Lua's functions return when the system refuses: nil, message, error number. name may be empty.
func fail(results *abi.Writer, name string, err error) {
	text, number := describe(err)
	if name != "" {
		text = name + ": " + text
	}
	results.Nil()
	results.String(text)
	results.Int(int64(number))
}

// failure is fail as the result of a function.
func (c *Call) failure(name string, err error) error {
	fail(&c.Results, name, err)
	return nil
}

// describe words an error as the C library does, and adds the reason where the sandbox has refused.
func describe(err error) (text string, number syscall.Errno) {
	reason := ""
	switch {
	case errors.As(err, &number):
	case errors.Is(err, errOutside), errors.Is(err, errReadOnly), errors.Is(err, errSpecial):
		number, reason = syscall.EACCES, " ("+err.Error()+")"
	case errors.Is(err, errNoProcesses):
		number, reason = syscall.EPERM, " ("+err.Error()+")"
	default:
		return err.Error(), syscall.EIO
	}
	text = number.Error() // glibc's words, but for the first letter
	return strings.ToUpper(text[:1]) + text[1:] + reason, number
}
