package conformance

import (
	"fmt"
	"strconv"
	"strings"
)

// step is one line of a script.
type step struct {
	text  string // as written, placeholders included
	words []word
}

// word is a word of a step: a bare one, or the value of a quoted one.
type word struct {
	text   string
	quoted bool
}

// parseScript splits a script into steps. Placeholders have been filled in already; written is the script as it was
// before, for what the transcript repeats.
func parseScript(script, written string) ([]step, error) {
	texts := strings.Split(written, "\n")
	var steps []step
	for i, line := range strings.Split(script, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		words, err := parseWords(line)
		if err != nil {
			return nil, fmt.Errorf("script line %d: %w", i+1, err)
		}
		steps = append(steps, step{text: strings.TrimSpace(texts[i]), words: words})
	}
	return steps, nil
}

// parseWords splits a line at blanks. A word in double or back quotes is a Go string, <n>*"text" repeats one.
func parseWords(line string) ([]word, error) {
	var words []word
	for {
		line = strings.TrimLeft(line, " \t")
		if line == "" {
			return words, nil
		}
		times := 1
		digits := strings.TrimLeft(line, "0123456789")
		if len(digits) < len(line) && (strings.HasPrefix(digits, `*"`) || strings.HasPrefix(digits, "*`")) {
			times, _ = strconv.Atoi(line[:len(line)-len(digits)])
			line = digits[1:]
		}
		if line[0] != '"' && line[0] != '`' {
			end := strings.IndexAny(line, " \t")
			if end < 0 {
				end = len(line)
			}
			words = append(words, word{text: line[:end]})
			line = line[end:]
			continue
		}
		quoted, err := strconv.QuotedPrefix(line)
		if err != nil {
			return nil, fmt.Errorf("%w: %s", err, line)
		}
		text, err := strconv.Unquote(quoted)
		if err != nil {
			return nil, err
		}
		words = append(words, word{text: strings.Repeat(text, times), quoted: true})
		line = line[len(quoted):]
	}
}

// argument returns a word of a step, or an empty one.
func (s step) argument(i int) word {
	if i >= len(s.words) {
		return word{}
	}
	return s.words[i]
}

// texts returns the words from i on.
func (s step) texts(i int) []string {
	var texts []string
	for ; i < len(s.words); i++ {
		texts = append(texts, s.words[i].text)
	}
	return texts
}
