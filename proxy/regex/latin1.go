package regex

import (
	"sync"
	"unicode/utf8"
)

// The engines read UTF-8. Bytes above 127, of patterns and of texts, are given to them as the code points of the same
// number, so that each of them is one character.

func isASCII(text []byte) bool {
	for _, c := range text {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// wide is a text in the form that the engines read. It is kept for the next text.
type wide struct{ text []byte }

// maxKept bounds the memory that a wide text keeps.
const maxKept = 64 << 10

var wides = sync.Pool{New: func() any { return new(wide) }}

func widen(text []byte) *wide {
	w := wides.Get().(*wide)
	w.text = w.text[:0]
	for _, c := range text {
		w.text = utf8.AppendRune(w.text, rune(c))
	}
	return w
}

func (w *wide) free() {
	if cap(w.text) <= maxKept {
		wides.Put(w)
	}
}

// narrow returns the offset in the original text of an offset in the wide one.
func (w *wide) narrow(offset int) int { return utf8.RuneCount(w.text[:offset]) }
