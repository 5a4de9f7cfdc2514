package conformance

import (
	"fmt"
	"hash/crc32"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// masks replace what differs from run to run. A name stands for an address that the runner knows, a rule for what it has
// to guess.
type masks struct {
	mu    sync.Mutex // servers learn addresses while the script runs
	names map[string]string
	rules []rule
}

type rule struct {
	pattern *regexp.Regexp
	replace func(match string) string
}

func constant(text string) func(string) string { return func(string) string { return text } }

// digits replaces the numbers of a match, but not those below zero: they say what did not happen.
func digits(match string) string {
	return number.ReplaceAllStringFunc(match, func(n string) string {
		if n == "-1" {
			return n
		}
		return "<ms>"
	})
}

var number = regexp.MustCompile(`-?\d+`)

// standardRules mask dates, process numbers and the timers of HAProxy's log formats.
var standardRules = []rule{
	{regexp.MustCompile(`\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d(?:\.\d{3}| [+-]\d{4})`), constant("<date>")},
	{regexp.MustCompile(`[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT`), constant("<date>")},
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|[+-]\d\d:\d\d)`), constant("<date>")},
	{regexp.MustCompile(`\b[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d\b`), constant("<date>")},
	{regexp.MustCompile(`haproxy(\[| )\d+(\]| )`), func(match string) string { return number.ReplaceAllString(match, "<pid>") }},
	{regexp.MustCompile(`^\[[A-Z]+\] +\(\d+\)`), func(match string) string { return number.ReplaceAllString(match, "<pid>") }},
	{regexp.MustCompile(`\] \S+ \S+/\S+ -?\d+(?:/-?\d+){2,4} `), func(match string) string {
		timers := strings.LastIndexByte(strings.TrimSuffix(match, " "), ' ')
		return match[:timers] + digits(match[timers:])
	}},
}

func newMasks() *masks { return &masks{names: map[string]string{}, rules: slices.Clone(standardRules)} }

// name has a text shown as ${name} from now on.
func (m *masks) name(text, name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.names[text] = "${" + name + "}"
}

// address names an address, and its port where that stands alone.
func (m *masks) address(address, name string) {
	m.name(address, name)
	if i := strings.LastIndexByte(address, ':'); i >= 0 {
		m.name(address[i+1:], name+".port")
	}
}

// add adds the rule of a case: what the pattern matches becomes <name>, or its groups do when it has some.
func (m *masks) add(pattern, name string) error {
	compiled, err := regexp.Compile(pattern)
	if err != nil {
		return err
	}
	replacement := "<" + name + ">"
	m.rules = append(m.rules, rule{compiled, func(match string) string {
		groups := compiled.FindStringSubmatchIndex(match)
		for i := len(groups) - 2; i >= 2; i -= 2 {
			if groups[i] >= 0 {
				match = match[:groups[i]] + replacement + match[groups[i+1]:]
			}
		}
		if len(groups) == 2 {
			return replacement
		}
		return match
	}})
	return nil
}

// known finds what may be a name's text: addresses and words.
var known = regexp.MustCompile(`(?:\d+\.\d+\.\d+\.\d+:)?\b\d+\b|/[\w./-]+`)

// apply masks one line.
func (m *masks) apply(line string) string {
	for _, r := range m.rules {
		line = r.pattern.ReplaceAllStringFunc(line, r.replace)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return known.ReplaceAllStringFunc(line, func(match string) string {
		if name, have := m.names[match]; have {
			return name
		}
		for text, name := range m.names {
			if rest, below := strings.CutPrefix(match, text+"/"); below && strings.HasPrefix(text, "/") {
				return name + "/" + rest
			}
		}
		// An address whose port is not known may have an address of its own, and the port may be a name's.
		if host, port, both := strings.Cut(match, ":"); both {
			if name, have := m.names[port]; have {
				return host + ":" + name
			}
		}
		return match
	})
}

// longest is how much of a line a transcript shows.
const longest = 600

// quoted renders bytes for a transcript: masked, one quoted line for each line.
func (m *masks) quoted(data []byte) string {
	var b strings.Builder
	for line := range strings.Lines(string(data)) {
		if len(line) > longest {
			fmt.Fprintf(&b, "\t%s... %d bytes, CRC-32 %08x\n", strconv.Quote(line[:40]), len(line), crc32.ChecksumIEEE([]byte(line)))
			continue
		}
		b.WriteString("\t" + strconv.Quote(m.apply(line)) + "\n")
	}
	return b.String()
}
