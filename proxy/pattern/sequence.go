package pattern

import (
	"iter"
	"slices"
	"sort"
)

// chunkSize is how many entries stand together: what a removal copies, beside the list of chunks.
const chunkSize = 1024

// sequence holds entries in the order in which they came. It is immutable; the zero value is empty. Of two sequences that
// with made of one, only the later may be used for more.
type sequence struct {
	chunks [][]*Entry // none is empty
	tail   []*Entry   // what follows them, not yet a full chunk
	length int
}

func newSequence(entries []*Entry) sequence {
	s := sequence{length: len(entries)}
	for len(entries) >= chunkSize {
		s.chunks = append(s.chunks, entries[:chunkSize:chunkSize])
		entries = entries[chunkSize:]
	}
	s.tail = slices.Clip(entries)
	return s
}

// with returns s and e behind it. e has the greatest reference.
func (s sequence) with(e *Entry) sequence {
	// What append may overwrite lies behind all that earlier sequences see.
	s.tail = append(s.tail, e)
	s.length++
	if len(s.tail) == chunkSize {
		s.chunks, s.tail = append(s.chunks, s.tail), nil
	}
	return s
}

// without returns s without e, which is in it.
func (s sequence) without(e *Entry) sequence {
	i, j := s.position(e.ref)
	changed := slices.Delete(slices.Clone(s.chunk(i)), j, j+1)
	s.length--
	if i == len(s.chunks) {
		s.tail = changed
		return s
	}
	s.chunks = slices.Clone(s.chunks)
	if s.chunks[i] = changed; len(changed) == 0 {
		s.chunks = slices.Delete(s.chunks, i, i+1)
	}
	return s
}

// chunk returns a chunk by its index; the tail stands behind the last.
func (s sequence) chunk(i int) []*Entry {
	if i == len(s.chunks) {
		return s.tail
	}
	return s.chunks[i]
}

// position returns where the entry with a reference is, or would be: its chunk and its place there.
func (s sequence) position(ref uint64) (i, j int) {
	i = sort.Search(len(s.chunks), func(i int) bool { return s.chunks[i][len(s.chunks[i])-1].ref >= ref })
	chunk := s.chunk(i)
	return i, sort.Search(len(chunk), func(j int) bool { return chunk[j].ref >= ref })
}

// at returns the entry with a reference, or nil.
func (s sequence) at(ref uint64) *Entry {
	i, j := s.position(ref)
	if chunk := s.chunk(i); j < len(chunk) && chunk[j].ref == ref {
		return chunk[j]
	}
	return nil
}

func (s sequence) all() iter.Seq[*Entry] {
	return func(yield func(*Entry) bool) {
		for i := range len(s.chunks) + 1 {
			for _, e := range s.chunk(i) {
				if !yield(e) {
					return
				}
			}
		}
	}
}
