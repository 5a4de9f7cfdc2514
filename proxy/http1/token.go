package http1

import "tidelock/proxy/message"

// class holds what a byte may be part of.
type class uint8

const (
	tokenByte  class = 1 << iota // RFC 9110, section 5.6.2
	targetByte                   // printable ASCII but "#": what HAProxy takes in a request target
	refused                      // never in a field value or reason: NUL and CR
	digitByte
	controlByte // control characters, space and delete
)

var classes = func() (t [256]class) {
	for c := range t {
		if message.IsTokenByte(byte(c)) {
			t[c] |= tokenByte
		}
	}
	for c := '0'; c <= '9'; c++ {
		t[c] |= digitByte
	}
	for c := 0x21; c < 0x7f; c++ {
		if c != '#' {
			t[c] |= targetByte
		}
	}
	for c := range 0x21 {
		t[c] |= controlByte
	}
	t[0x7f] |= controlByte
	t[0] |= refused
	t['\r'] |= refused
	return t
}()

func is(c byte, want class) bool { return classes[c]&want != 0 }

// all reports whether b is not empty and made of wanted bytes only.
func all(b []byte, want class) bool {
	for _, c := range b {
		if classes[c]&want == 0 {
			return false
		}
	}
	return len(b) > 0
}

// none reports whether b holds no byte of the class.
func none(b []byte, unwanted class) bool {
	for _, c := range b {
		if classes[c]&unwanted != 0 {
			return false
		}
	}
	return true
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' }

// trim removes white space around a field value.
func trim(b []byte) []byte {
	for len(b) > 0 && isSpace(b[0]) {
		b = b[1:]
	}
	for len(b) > 0 && isSpace(b[len(b)-1]) {
		b = b[:len(b)-1]
	}
	return b
}

// equalFold compares b with s, which is lower case, ignoring the case of ASCII letters.
func equalFold(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != s[i] {
			return false
		}
	}
	return true
}

// nextElement takes the first element off a comma-separated list, without surrounding white space.
func nextElement(list []byte) (element, rest []byte) {
	for i, c := range list {
		if c == ',' {
			return trim(list[:i]), list[i+1:]
		}
	}
	return trim(list), nil
}
