// Package fix reads messages of the Financial Information eXchange protocol: "tag=value" pairs, each ended by a byte of
// value 1 (https://www.fixtrading.org/standards/tagvalue-online). It is a leaf and allocates nothing.
package fix

import (
	"bytes"
	"math"
)

// The tags that frame a message, and those with names.
const (
	checkSum     = 10
	bodyLength   = 9
	beginString  = 8
	msgType      = 35
	senderCompID = 49
	targetCompID = 56
)

// Tags are the tags that have names here, in lower case.
var Tags = map[string]int64{
	"beginstring": beginString, "bodylength": bodyLength, "msgtype": msgType,
	"sendercompid": senderCompID, "targetcompid": targetCompID, "checksum": checkSum,
}

// Verdict is what can be said of the bytes of a message.
type Verdict uint8

const (
	Incomplete Verdict = iota // more bytes may make it valid
	Invalid
	Valid
)

const separator = 1

// minLength is that of the shortest message: 8=FIX.4.2|9=5|35=A|10=000| with a bar for each separator.
const minLength = 26

var versions = [...]string{"FIXT.1.1", "FIX.4.0", "FIX.4.1", "FIX.4.2", "FIX.4.3", "FIX.4.4"}

// Check reads the message that b begins with: its three first tags, its body's length, and its check sum.
func Check(b []byte) Verdict {
	if len(b) < minLength {
		return Incomplete
	}
	rest, verdict := b, Valid
	var length, got int64
	body := 0
	for i := 0; ; i++ {
		tag, v, n, state := next(rest)
		if state != Valid {
			return state
		}
		switch {
		case i == 0:
			verdict = require(rest[0] == '8' && tag == beginString && isVersion(v))
		case i == 1:
			length, verdict = number(v)
			if rest[0] != '9' || tag != bodyLength {
				verdict = Invalid
			}
			body = len(b) - len(rest) + n
		case i == 2:
			verdict = require(tag == msgType)
		case tag == checkSum:
			end := len(b) - len(rest)
			got, verdict = number(v)
			if int64(end-body) != length || len(v) != 3 || got != sum(b[:end]) {
				verdict = Invalid
			}
			return verdict
		case tag > math.MaxInt32:
			verdict = Invalid
		}
		if verdict != Valid {
			return verdict
		}
		rest = rest[n:]
	}
}

func require(ok bool) Verdict {
	if ok {
		return Valid
	}
	return Invalid
}

func isVersion(v []byte) bool {
	for _, known := range versions {
		if string(v) == known {
			return true
		}
	}
	return false
}

func sum(b []byte) (total int64) {
	for _, c := range b {
		total += int64(c)
	}
	return total & 255
}

// Value returns the value of the first field with a tag. It reads no further than to what is no field, and takes an empty
// value for none.
func Value(b []byte, tag int64) ([]byte, bool) {
	for {
		t, v, n, state := next(b)
		if state != Valid {
			return nil, false
		}
		if t == tag {
			return v, len(v) > 0
		}
		b = b[n:]
	}
}

// next reads the field that b begins with, n bytes with its separator.
func next(b []byte) (tag int64, v []byte, n int, state Verdict) {
	end := bytes.IndexByte(b, '=')
	if end < 0 {
		return 0, nil, 0, Incomplete
	}
	if tag, state = number(b[:end]); state != Valid || tag == 0 {
		return 0, nil, 0, Invalid
	}
	length := bytes.IndexByte(b[end+1:], separator)
	if length < 0 {
		return 0, nil, 0, Incomplete
	}
	return tag, b[end+1 : end+1+length], end + length + 2, Valid
}

// number reads decimal digits. It saturates.
func number(b []byte) (int64, Verdict) {
	n := int64(0)
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, Invalid
		}
		n = min(n*10+int64(c-'0'), math.MaxInt64/16)
	}
	return n, require(len(b) > 0)
}
