package pattern

import (
	"bytes"
	"strings"
)

const blanks = " \t"

// parseFile returns the entries of a file, one a line. Lines that begin with '#' and empty ones say nothing; blanks before
// a pattern neither. With pairs a pattern ends at the first blank, and what follows is its value. The reference of an
// entry is the number of its line. Entries, patterns and values are parts of few large blocks, so that a million lines
// cost no million allocations.
func parseFile(content []byte, pairs bool) (entries []*Entry, lines uint64) {
	count := bytes.Count(content, []byte{'\n'}) + 1
	block := make([]Entry, 0, count)
	entries = make([]*Entry, 0, count)
	text := string(content)
	var values [][]byte
	if pairs {
		values = make([][]byte, 0, count)
	}
	for start := 0; start < len(text); lines++ {
		end := start + strings.IndexByte(text[start:], '\n')
		if end < start {
			end = len(text)
		}
		line := text[start:end]
		from := start
		start = end + 1
		if strings.HasPrefix(line, "#") {
			continue
		}
		line = strings.TrimRight(line, "\r")
		trimmed := strings.TrimLeft(line, blanks)
		if trimmed == "" {
			continue
		}
		from += len(line) - len(trimmed)
		block = append(block, Entry{key: trimmed, ref: lines + 1})
		e := &block[len(block)-1]
		if pairs {
			key, value := cutPair(trimmed)
			e.key = key
			at := from + len(trimmed) - len(value)
			value = strings.TrimRight(value, blanks)
			values = append(values, content[at:at+len(value):at+len(value)])
			e.value.Store(&values[len(values)-1])
		}
		entries = append(entries, e)
	}
	return entries, lines
}

// cutPair cuts a line around the blanks after its first word.
func cutPair(line string) (key, value string) {
	i := strings.IndexAny(line, blanks)
	if i < 0 {
		return line, ""
	}
	return line[:i], strings.TrimLeft(line[i:], blanks)
}
