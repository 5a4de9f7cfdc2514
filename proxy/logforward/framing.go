package logforward

import (
	"bufio"
	"errors"
)

var errFraming = errors.New("framing broken")

// countLimit bounds the digits and the space of a count.
const countLimit = len("16384 ")

// nextMessage reads a message, with its count before it or a line feed behind it (RFC 6587, section 3.4). It is valid
// until the next read.
//
// Errors: those of the connection, and errFraming for what is neither, or longer than the buffer.
func nextMessage(in *bufio.Reader) ([]byte, error) {
	first, err := in.Peek(1)
	if err != nil {
		return nil, err
	}
	if first[0] == '<' {
		b, err := in.ReadSlice('\n')
		if err == bufio.ErrBufferFull {
			err = errFraming
		}
		return b, err
	}
	n, err := readCount(in)
	if err != nil {
		return nil, err
	}
	b, err := in.Peek(n)
	if err != nil {
		return nil, err
	}
	in.Discard(n)
	return b, nil
}

// readCount reads the number of bytes that follow.
func readCount(in *bufio.Reader) (int, error) {
	n := 0
	for range countLimit {
		c, err := in.ReadByte()
		switch {
		case err != nil:
			return 0, err
		case c == ' ' && 0 < n && n <= in.Size():
			return n, nil
		case c < '0' || c > '9':
			return 0, errFraming
		}
		n = n*10 + int(c-'0')
	}
	return 0, errFraming
}
