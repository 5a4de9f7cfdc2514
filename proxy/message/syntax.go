package message

// lower maps ASCII letters to lower case and leaves every other byte alone.
var lower = func() (t [256]byte) {
	for i := range t {
		t[i] = byte(i)
		if 'A' <= i && i <= 'Z' {
			t[i] |= 0x20
		}
	}
	return t
}()

// token holds the bytes of a method or a header name (RFC 9110, section 5.6.2).
var token = func() (t [256]bool) {
	for _, c := range []byte("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz") {
		t[c] = true
	}
	for c := 'A'; c <= 'Z'; c++ {
		t[c] = true
	}
	return t
}()

// IsTokenByte reports whether c may stand in a method or a header name.
func IsTokenByte(c byte) bool { return token[c] }

func isToken[T string | []byte](name T) bool {
	for i := 0; i < len(name); i++ {
		if !token[name[i]] {
			return false
		}
	}
	return len(name) > 0
}

// isText reports whether b can be the value of a header, a reason or a request target: it ends no line. Other control
// characters pass, as with HAProxy; a codec encodes what would end the target.
func isText(b []byte) bool {
	for _, c := range b {
		if c == '\r' || c == '\n' || c == 0 {
			return false
		}
	}
	return true
}
