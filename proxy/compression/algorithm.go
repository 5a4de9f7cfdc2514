package compression

import (
	"io"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
)

// Algorithm is a way of compressing that a configuration can name.
type Algorithm struct {
	Name   string // in the configuration
	Coding string // in Accept-Encoding and Content-Encoding; empty for none

	pools [maxLevel + 1]sync.Pool // of encoders, by level
	make  func(level int) (encoder, error)
}

// encoder is what the formats have in common.
type encoder interface {
	io.WriteCloser
	Flush() error
	Reset(io.Writer)
}

const maxLevel = 9

// algorithms is the registry.
var algorithms = []*Algorithm{
	{Name: "identity"},
	{Name: "gzip", Coding: "gzip", make: func(level int) (encoder, error) { return gzip.NewWriterLevel(nil, level) }},
	{Name: "deflate", Coding: "deflate", make: func(level int) (encoder, error) { return zlib.NewWriterLevel(nil, level) }},
	{Name: "raw-deflate", Coding: "deflate", make: func(level int) (encoder, error) { return flate.NewWriter(nil, level) }},
}

// AlgorithmNamed returns an algorithm, nil for none of that name.
func AlgorithmNamed(name string) *Algorithm {
	for _, a := range algorithms {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// borrow returns an encoder that writes to w. Encoders are large: they are used again.
func (a *Algorithm) borrow(level int, w io.Writer) (encoder, error) {
	if e, ok := a.pools[level].Get().(encoder); ok {
		e.Reset(w)
		return e, nil
	}
	e, err := a.make(level)
	if err == nil {
		e.Reset(w)
	}
	return e, err
}

// release takes back an encoder that was borrowed, whatever state it is in.
func (a *Algorithm) release(level int, e encoder) {
	e.Reset(io.Discard)
	a.pools[level].Put(e)
}
