package main

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// The manuals by the names of their files.
const (
	configuration = "configuration.txt.gz"
	management    = "management.txt.gz"
)

// chapters are the texts of a manual by their numbers, as in "7.3.1".
type chapters map[string][]string

// heading is a line with a chapter's number, which has a line of dashes below it.
var heading = regexp.MustCompile(`^(\d+(?:\.\d+)*)\. +\S`)

// readManual cuts a manual into chapters.
func readManual(folder, name string) (chapters, error) {
	file, err := os.Open(filepath.Join(folder, name))
	if err != nil {
		return nil, err
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	text, err := io.ReadAll(unpacked)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return cut(strings.Split(string(text), "\n")), nil
}

func cut(lines []string) chapters {
	all, number := chapters{}, ""
	for i, line := range lines {
		if found := heading.FindStringSubmatch(line); found != nil && i+1 < len(lines) && strings.HasPrefix(lines[i+1], "---") {
			number = found[1]
		}
		all[number] = append(all[number], line)
	}
	return all
}

// bullets returns the entries of a chapter's list "   - keyword".
func bullets(lines []string) []string {
	return matches(lines, regexp.MustCompile(`^   - (\S+)`))
}

// matrix returns the keywords of the table of chapter 4.1.
func matrix(lines []string) []string {
	return matches(lines, regexp.MustCompile(`^([a-z_][^(]*?) +(?:\(.*\) +)?[X-](?: \(!\))? +[X-] +[X-] +[X-]$`))
}

// samples returns the names of a chapter's definitions "name(arguments) : type".
func samples(lines []string) []string {
	return matches(lines, regexp.MustCompile(`^([a-z0-9_.]+)(?:\(.*\))? ?: \S`))
}

// aliases returns the names of the table of chapter 8.2.6.
func aliases(lines []string) []string {
	return matches(lines, regexp.MustCompile(`^  \|[^|]*\| %([A-Za-z]+) *\|`))
}

// actions returns the function that finds the actions of a rule set: what stands behind its name in definitions.
func actions(set string) func([]string) []string {
	definition := regexp.MustCompile(`^` + set + ` +([a-z0-9-]+\(?)`)
	return func(lines []string) []string { return matches(lines, definition) }
}

// definitions returns the first words of a chapter's definitions: lines that start at the margin, with an explanation
// indented below them.
func definitions(lines []string) []string {
	return matches(defined(lines), regexp.MustCompile(`^([a-z0-9][a-z0-9_.-]*)`))
}

// commands returns the commands of the runtime API: the words in front of arguments.
func commands(lines []string) []string {
	return matches(defined(lines), regexp.MustCompile(`^([a-z][a-z -]*[a-z])(?: [^a-z].*)?$`))
}

// defined returns the lines of definitions. Paragraphs start at the margin too, but an empty line follows them.
func defined(lines []string) []string {
	var found []string
	for i := 0; i < len(lines); i++ {
		start := i
		for i < len(lines) && lines[i] != "" && lines[i][0] != ' ' {
			i++
		}
		if i > start && i < len(lines) && strings.HasPrefix(lines[i], "  ") && (start == 0 || lines[start-1] == "") {
			found = append(found, lines[start:i]...)
		}
	}
	return found
}

// matches returns the group of each line that matches, once and in order.
func matches(lines []string, pattern *regexp.Regexp) []string {
	var names []string
	for _, line := range lines {
		if found := pattern.FindStringSubmatch(line); found != nil {
			names = append(names, strings.TrimSpace(found[1]))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
