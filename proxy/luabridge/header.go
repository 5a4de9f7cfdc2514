package luabridge

import (
	"bytes"
	"fmt"
)

// checkHeader refuses what would change the structure of a message: HAProxy lets scripts do that.
func checkHeader(name, value []byte) error {
	if !isToken(name) {
		return fmt.Errorf("invalid header name %q", name)
	}
	return checkValue(value)
}

func checkValue(value []byte) error {
	if bytes.ContainsAny(value, "\r\n\x00") {
		return fmt.Errorf("invalid header value %q", value)
	}
	return nil
}

// checkTarget refuses what would end a start line early.
func checkTarget(part []byte) error {
	for _, c := range part {
		if c <= ' ' || c == 0x7f {
			return fmt.Errorf("invalid request target %q", part)
		}
	}
	return nil
}

// isToken reports whether b is a token (RFC 9110, section 5.6.2).
func isToken(b []byte) bool {
	for _, c := range b {
		if !tokenBytes[c] {
			return false
		}
	}
	return len(b) > 0
}

var tokenBytes = func() (t [256]bool) {
	for _, c := range "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" {
		t[c] = true
	}
	return t
}()
