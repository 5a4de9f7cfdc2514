package host

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"

	"tidelock/abi"
)

// A read format is a letter of Lua's, or a number of bytes.
type readFormat struct {
	letter byte // l, L, a, n; 0: count
	count  int
}

// readFormats takes the rest of the arguments. None stand for one line.
func (c *Call) readFormats(limit int) ([]readFormat, error) {
	if !c.Arguments.More() {
		return []readFormat{{letter: 'l'}}, nil
	}
	var formats []readFormat
	for c.Arguments.More() {
		v := c.Next()
		if v.Type == abi.Integer || v.Type == abi.Float {
			n, ok := ToInt(v)
			if !ok {
				return nil, c.refuseArgument("read", "number has no integer representation")
			}
			if n < 0 || n > int64(limit) {
				return nil, tooLarge(limit)
			}
			formats = append(formats, readFormat{count: int(n)})
			continue
		}
		name := bytes.TrimPrefix(v.Bytes, []byte("*"))
		if v.Type != abi.String || len(name) == 0 || bytes.IndexByte([]byte("lLan"), name[0]) < 0 {
			return nil, c.refuseArgument("read", "invalid format")
		}
		formats = append(formats, readFormat{letter: name[0]})
	}
	return formats, nil
}

// ready reports whether the input at hand is enough for a single format.
func ready(formats []readFormat, ahead []byte) bool {
	if len(formats) != 1 {
		return false
	}
	switch f := formats[0]; f.letter {
	case 'l', 'L':
		return bytes.IndexByte(ahead, '\n') >= 0
	case 0:
		return f.count > 0 && f.count <= len(ahead)
	}
	return false
}

// read carries out the formats: one result for each, nil for the first that fails, which is the last. A numeral is
// given as its text. No more than limit bytes are read in all.
func (f *file) read(ctx context.Context, formats []readFormat, limit int, results *abi.Writer) error {
	if err := f.flush(ctx); err != nil {
		fail(results, "", err)
		return nil
	}
	defer interruptible(ctx, f.os)()
	input, mark := f.reader(), results.Len()
	for _, format := range formats {
		data, ok, err := readOne(input, format, limit-(results.Len()-mark))
		switch {
		case errors.Is(err, errTooLarge):
			return tooLarge(limit)
		case err != nil && err != io.EOF:
			results.Truncate(mark)
			fail(results, "", err)
			return nil
		case !ok:
			results.Nil()
			return nil
		}
		results.StringBytes(data)
	}
	return nil
}

// readOne reads by one format. data is valid until the next read.
func readOne(input *bufio.Reader, format readFormat, limit int) (data []byte, ok bool, err error) {
	switch format.letter {
	case 'l', 'L':
		data, err = readUntil(input, '\n', limit)
		ok = len(data) > 0
		if format.letter == 'l' {
			data = bytes.TrimSuffix(data, []byte("\n"))
		}
	case 'a':
		data, err = readAll(input, limit)
		ok = true
	case 'n':
		data, ok, err = readNumeral(input)
	default:
		if format.count == 0 { // tells whether there is more
			_, err = input.Peek(1)
			return nil, err == nil, err
		}
		if format.count > limit {
			return nil, false, errTooLarge
		}
		data, err = readCount(input, format.count)
		ok = len(data) > 0
	}
	return data, ok, err
}

// readUntil returns everything up to and including delimiter, or up to the end. The data is valid until the next read.
func readUntil(input *bufio.Reader, delimiter byte, limit int) ([]byte, error) {
	var collected []byte
	for {
		part, err := input.ReadSlice(delimiter)
		if len(collected)+len(part) > limit {
			return nil, errTooLarge
		}
		if err != bufio.ErrBufferFull {
			if collected == nil {
				return part, err
			}
			return append(collected, part...), err
		}
		collected = append(collected, part...)
	}
}

// readAll returns everything up to the end, which is no error.
func readAll(input io.Reader, limit int) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(input, int64(limit)+1))
	if len(data) > limit {
		return nil, errTooLarge
	}
	return data, err
}

// readCount returns count bytes, or what there is before the end. It makes room as data arrives: a script does not
// occupy memory by asking for much.
func readCount(input io.Reader, count int) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(input, int64(count)))
	if err == nil && len(data) < count {
		err = io.EOF
	}
	return data, err
}

const maxNumeral = 200 // bytes, as in Lua

// readNumeral reads the longest text that can begin a Lua numeral, and reports whether it is one.
func readNumeral(input *bufio.Reader) (text []byte, ok bool, err error) {
	peek := func() byte {
		ahead, peekErr := input.Peek(1)
		if peekErr != nil {
			if peekErr != io.EOF {
				err = peekErr
			}
			return 0
		}
		return ahead[0]
	}
	overlong := false
	accept := func(set string) bool {
		b := peek()
		if b == 0 || bytes.IndexByte([]byte(set), b) < 0 {
			return false
		}
		if len(text) == maxNumeral {
			overlong = true
			return false
		}
		text = append(text, b)
		input.Discard(1) //nolint:errcheck // it was peeked at
		return true
	}
	digits := func(set string) (n int) {
		for accept(set) {
			n++
		}
		return n
	}
	for b := peek(); b == ' ' || b >= '\t' && b <= '\r'; b = peek() {
		input.Discard(1) //nolint:errcheck // it was peeked at
	}
	const decimal = "0123456789"
	set, exponent, count := decimal, "eE", 0
	accept("+-")
	if accept("0") {
		if accept("xX") {
			set, exponent = decimal+"abcdefABCDEF", "pP"
		} else {
			count = 1
		}
	}
	count += digits(set)
	if accept(".") {
		count += digits(set)
	}
	ok = count > 0
	if ok && accept(exponent) {
		accept("+-")
		ok = digits(decimal) > 0
	}
	return text, ok && !overlong && err == nil, err
}
