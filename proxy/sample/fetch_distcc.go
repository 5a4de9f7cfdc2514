package sample

import (
	"errors"
	"strconv"

	"tidelock/proxy/value"
)

// A message of distcc is tokens: four letters and a number in eight hexadecimal digits, which for some of the tokens is
// the length of what follows (distcc's doc/protocol-1.txt).
const distccHeader = 12

func prepareDistcc(_ *Compiler, a []Argument) error {
	if len(a[0].Text) != 4 {
		return errors.New("token name must be exactly 4 characters")
	}
	if a[1].Int == 0 {
		a[1].Int = 1
	}
	return nil
}

func distccBody(c *Context, a []Argument) value.Value {
	_, body, ok := findDistcc(c, a)
	if !ok {
		return value.Value{}
	}
	return value.Bytes(body)
}

func distccParameter(c *Context, a []Argument) value.Value {
	n, _, ok := findDistcc(c, a)
	if !ok {
		return value.Value{}
	}
	return value.Int(n)
}

// findDistcc returns the number and as much of the body as there is of a token's occurrence.
func findDistcc(c *Context, a []Argument) (number int64, body []byte, ok bool) {
	in := currentInput(c)
	if in == nil {
		return 0, nil, false
	}
	occurrence := a[1].Int
	for b := c.peek(in); len(b) >= distccHeader; {
		n, err := strconv.ParseUint(string(b[4:distccHeader]), 16, 32)
		if err != nil {
			break
		}
		token := string(b[:4])
		b = b[distccHeader:]
		length := 0
		if hasDistccBody(token) {
			length = int(min(n, uint64(len(b))))
		}
		if token == a[0].Text {
			if occurrence--; occurrence == 0 {
				return int64(n), b[:length], true
			}
		}
		b = b[length:]
	}
	return 0, nil, false
}

func hasDistccBody(token string) bool {
	switch token {
	case "ARGV", "CDIR", "DOTI", "DOTO", "FILE", "LINK", "NAME", "SERR", "SOUT":
		return true
	}
	return false
}
