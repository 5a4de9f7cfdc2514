package persistence

import "time"

// Dates in cookies count units of 4 seconds since 1970, in five digits of base 64.
const (
	dateDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	dateLength = 5
	dateUnit   = 4 // seconds
)

// tooFar is how far in the future a date may lie before it is no date.
const tooFar = 24 * time.Hour

func appendDate(b []byte, seconds int64) []byte {
	n := seconds / dateUnit
	for shift := 6 * (dateLength - 1); shift >= 0; shift -= 6 {
		b = append(b, dateDigits[n>>shift&63])
	}
	return b
}

// parseDate returns the seconds of a date, 0 for none.
func parseDate(b []byte, now int64) int64 {
	if len(b) < dateLength {
		return 0
	}
	n := int64(0)
	for _, c := range b[:dateLength] {
		var digit int64
		switch {
		case 'A' <= c && c <= 'Z':
			digit = int64(c - 'A')
		case 'a' <= c && c <= 'z':
			digit = int64(c-'a') + 26
		case '0' <= c && c <= '9':
			digit = int64(c-'0') + 52
		case c == '+':
			digit = 62
		case c == '/':
			digit = 63
		default:
			return 0
		}
		n = n<<6 | digit
	}
	if n *= dateUnit; n > now+int64(tooFar/time.Second) {
		return 0
	}
	return n
}
