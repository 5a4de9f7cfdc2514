package xxh

import "testing"

// The converters xxh32 and xxh3 are compared with HAProxy's for all lengths that take a way of their own, in
// proxy/sample. These are the first values of the specification's own test program.
func TestSum(t *testing.T) {
	tests := []struct {
		name, text string
		seed       uint64
		want32     uint32
		want3      uint64
	}{
		{"empty", "", 0, 0x02cc5d05, 0x2d06800538d394c2},
		{"one letter", "a", 0, 0x550d7456, 0xe6c632b61e964e1f},
		{"three letters", "abc", 0, 0x32d153ff, 0x78af5f94892f3950},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Sum32([]byte(test.text), uint32(test.seed)); got != test.want32 {
				t.Errorf("Sum32 = %#x, want %#x", got, test.want32)
			}
			if got := Sum3([]byte(test.text), test.seed); got != test.want3 {
				t.Errorf("Sum3 = %#x, want %#x", got, test.want3)
			}
		})
	}
}

func FuzzSum(f *testing.F) {
	f.Add([]byte("some bytes"), uint64(7))
	f.Fuzz(func(t *testing.T, b []byte, seed uint64) {
		if n := testing.AllocsPerRun(1, func() { Sum32(b, uint32(seed)); Sum3(b, seed) }); n > 0 {
			t.Errorf("%v allocations", n)
		}
	})
}
