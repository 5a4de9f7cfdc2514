package fix

import (
	"strings"
	"testing"
)

// The converters fix_is_valid and fix_tag_value are compared with HAProxy's in proxy/sample.
func TestCheck(t *testing.T) {
	tests := []struct {
		name, message string
		want          Verdict
	}{
		{"valid", "8=FIX.4.2|9=5|35=A|10=178|", Valid},
		{"more behind it", "8=FIX.4.2|9=5|35=A|10=178|8=FIX", Valid},
		{"no end", "8=FIX.4.2|9=5|35=A|49=S|10=178", Incomplete},
		{"check sum", "8=FIX.4.2|9=5|35=A|10=177|", Invalid},
		{"length", "8=FIX.4.2|9=6|35=A|10=179|", Invalid},
		{"version", "8=FIX.9.2|9=5|35=A|10=183|", Invalid},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Check([]byte(strings.ReplaceAll(test.message, "|", "\x01"))); got != test.want {
				t.Errorf("Check = %d, want %d", got, test.want)
			}
		})
	}
}

func FuzzCheck(f *testing.F) {
	f.Add([]byte("8=FIX.4.2\x019=5\x0135=A\x0110=178\x01"), int64(35))
	f.Add([]byte("8=FIX.4.2\x0199999999999999999999=\x01=\x01"), int64(8))
	f.Fuzz(func(t *testing.T, b []byte, tag int64) {
		Value(b, tag)
		verdict := Check(b)
		// What is decided does not change when more arrives.
		if verdict != Incomplete && Check(append(b[:len(b):len(b)], "10=000\x01"...)) != verdict {
			t.Errorf("%d and more bytes decide otherwise", verdict)
		}
	})
}
