package runtime

import (
	"bufio"
	"errors"
	"strings"
)

// maxWords is how many words a line is split into; what follows them is dropped.
const maxWords = 64

// payloadMark ends a line whose payload follows, up to an empty line.
const payloadMark = "<<"

var errTooLong = errors.New("line too long")

// lineReader cuts what a client sends into lines. None, with its payload, may be longer than the reader's buffer.
type lineReader struct {
	*bufio.Reader
	room int // bytes that the line at hand and its payload may still have
}

func newLineReader(r *bufio.Reader) *lineReader { return &lineReader{r, r.Size()} }

// next returns the text up to the next line break or unescaped semicolon, without it, and reports whether it was the
// last of its line. The text keeps its backslashes.
func (r *lineReader) next() (text string, last bool, err error) {
	var b []byte
	for escaped := false; ; {
		c, err := r.byte()
		switch {
		case err != nil:
			return "", true, err
		case c == '\n':
			r.room = r.Size()
			return strings.TrimSuffix(string(b), "\r"), true, nil
		case c == ';' && !escaped:
			return string(b), false, nil
		}
		escaped = c == '\\' && !escaped
		b = append(b, c)
	}
}

// payload returns the lines up to an empty one, with their line breaks. It calls more before it reads each.
func (r *lineReader) payload(more func() error) (string, error) {
	var b []byte
	for {
		if err := more(); err != nil {
			return "", err
		}
		start := len(b)
		for {
			c, err := r.byte()
			if err != nil {
				return "", err
			}
			b = append(b, c)
			if c == '\n' {
				break
			}
		}
		if line := string(b[start:]); line == "\n" || line == "\r\n" {
			r.room = r.Size()
			return string(b[:start]), nil
		}
	}
}

func (r *lineReader) byte() (byte, error) {
	if r.room--; r.room < 0 {
		return 0, errTooLong
	}
	return r.ReadByte()
}

// split returns the words of a line. Spaces and tabs end a word unless a backslash stands before them, which also takes
// the meaning of a semicolon and of another backslash.
func split(line string) []string {
	var words []string
	var word strings.Builder
	inside := false
	end := func() {
		if inside {
			words = append(words, word.String())
			word.Reset()
			inside = false
		}
	}
	for i := 0; i < len(line) && len(words) < maxWords; i++ {
		switch c := line[i]; {
		case c == ' ' || c == '\t':
			end()
			continue
		case c == '\\' && i+1 < len(line):
			i++
		}
		inside = true
		word.WriteByte(line[i])
	}
	if len(words) < maxWords {
		end()
	}
	return words
}
